package io.headgraft.head;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link Kernels} with and without vectors, on rows of 1000 features. An operation is a tile of
 * {@link Kernels#ROWS} rows: 2 · 8 · 1000 · columns floating-point operations.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelsBenchmark {

  private static final int FEATURES = 1000;

  /** Columns of the matrix, a label each. */
  @Param({"10", "64"})
  public int columns;

  /** Which kernels. */
  @Param({"vectors", "scalars"})
  public String kind;

  private Kernels kernels;
  private final float[][] floatRows = new float[Kernels.ROWS][FEATURES];
  private final double[][] doubleRows = new double[Kernels.ROWS][FEATURES];
  private float[] floatMatrix;
  private double[] doubleMatrix;
  private float[] floatSums;
  private double[] doubleSums;

  /** Fills rows and matrices. */
  @Setup
  public void fill() {
    kernels =
        switch (kind) {
          case "vectors" -> new VectorKernels();
          case "scalars" -> new ScalarKernels();
          default -> throw new IllegalArgumentException("There are no kernels by " + kind);
        };
    Random random = new Random(1);
    for (int r = 0; r < Kernels.ROWS; r++) {
      for (int i = 0; i < FEATURES; i++) {
        doubleRows[r][i] = random.nextGaussian();
        floatRows[r][i] = (float) doubleRows[r][i];
      }
    }
    floatMatrix = new float[FEATURES * columns];
    doubleMatrix = new double[FEATURES * columns];
    floatSums = new float[Kernels.ROWS * columns];
    doubleSums = new double[Kernels.ROWS * columns];
  }

  /** Logits in single precision. */
  @Benchmark
  public float[] floatProducts() {
    kernels.addProducts(floatRows, floatMatrix, 0, FEATURES, columns, floatSums);
    return floatSums;
  }

  /** A gradient in single precision. */
  @Benchmark
  public float[] floatOuterProducts() {
    kernels.addOuterProducts(floatRows, floatSums, columns, floatMatrix, 0, FEATURES);
    return floatMatrix;
  }

  /** Logits in double precision. */
  @Benchmark
  public double[] doubleProducts() {
    kernels.addProducts(doubleRows, doubleMatrix, 0, FEATURES, columns, doubleSums);
    return doubleSums;
  }

  /** A gradient in double precision. */
  @Benchmark
  public double[] doubleOuterProducts() {
    kernels.addOuterProducts(doubleRows, doubleSums, columns, doubleMatrix, 0, FEATURES);
    return doubleMatrix;
  }
}
