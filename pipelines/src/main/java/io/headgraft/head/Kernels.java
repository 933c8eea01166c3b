package io.headgraft.head;

import java.lang.reflect.InvocationTargetException;
import org.slf4j.LoggerFactory;

/**
 * The products that training spends its time on: of a few rows with a matrix that has a column for
 * each label, and back. The labels' columns lie side by side ("lanes"), so that the numbers of a
 * processor's vector never meet: each is a sum of its own, in one order, by fused multiply-add. The
 * same arguments give the same bits on every processor, however wide its vectors are, and also
 * without them.
 */
public interface Kernels {

  /** Rows that are taken at once: as many sums as hide the time that an addition takes. */
  int ROWS = 8;

  /**
   * Lanes of a matrix in single precision come in multiples of this: the widest vector there is.
   */
  int FLOAT_LANES = 16;

  /** The same in double precision. */
  int DOUBLE_LANES = 8;

  /** Those that a process has: found out once, and said in the log. */
  final class Found {

    private static final Kernels BEST = find();

    private Found() {}

    private static Kernels find() {
      boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
      // What C1 makes of vectors is many times as slow as what it makes of numbers.
      boolean quick = System.getProperty("java.vm.info").contains("emulated-client");
      Kernels kernels = vectors && !quick ? vectors() : new ScalarKernels();
      LoggerFactory.getLogger(Kernels.class).debug("Heads are trained {}", kernels);
      return kernels;
    }

    /** By its name: it is compiled apart, with a module that need not be there. */
    private static Kernels vectors() {
      try {
        return Class.forName("io.headgraft.head.VectorKernels")
            .asSubclass(Kernels.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ClassNotFoundException
          | NoSuchMethodException
          | InstantiationException
          | IllegalAccessException
          | InvocationTargetException e) {
        throw new IllegalStateException("The vector kernels are not as they were built", e);
      }
    }
  }

  /** The fastest that this process has. */
  static Kernels best() {
    return Found.BEST;
  }

  /** The smallest multiple that so many labels fit into. */
  static int lanes(int labels, int multiple) {
    return (labels + multiple - 1) / multiple * multiple;
  }

  /**
   * Adds the products of rows with a matrix.
   *
   * @param rows {@link #ROWS}, of as many numbers as the matrix has rows
   * @param matrix [feature][lane]
   * @param lanes a multiple of {@link #FLOAT_LANES}
   * @param sums [row][lane]
   */
  void addProducts(float[][] rows, float[] matrix, int lanes, float[] sums);

  /**
   * Adds to a matrix each row's numbers times the row's factors.
   *
   * @param rows {@link #ROWS}
   * @param factors [row][lane]
   * @param lanes a multiple of {@link #FLOAT_LANES}
   * @param matrix [feature][lane]
   */
  void addOuterProducts(float[][] rows, float[] factors, int lanes, float[] matrix);

  /**
   * As {@link #addProducts(float[][], float[], int, float[])}.
   *
   * @param first the row of the matrix that the rows' first number is multiplied with
   * @param lanes a multiple of {@link #DOUBLE_LANES}
   */
  void addProducts(double[][] rows, double[] matrix, int first, int lanes, double[] sums);

  /**
   * As {@link #addOuterProducts(float[][], float[], int, float[])}.
   *
   * @param lanes a multiple of {@link #DOUBLE_LANES}
   * @param first the row of the matrix that the rows' first number is added to
   * @param firstLane the lanes before it are left alone; a multiple of {@link #DOUBLE_LANES}
   */
  void addOuterProducts(
      double[][] rows, double[] factors, int lanes, double[] matrix, int first, int firstLane);
}
