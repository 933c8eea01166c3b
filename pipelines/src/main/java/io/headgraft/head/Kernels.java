package io.headgraft.head;

import java.lang.reflect.InvocationTargetException;
import org.slf4j.LoggerFactory;

/**
 * What training spends its time on: products of a few rows with as many columns as there are
 * labels, and back, and bringing rows to double precision. A product is the sum of a fixed number
 * of sums ("lanes"), as many as the widest vector has numbers, each in one order by fused
 * multiply-add. The same arguments give the same bits on every processor, however wide its vectors
 * are, and also without them.
 */
public interface Kernels {

  /** Rows that are taken at once: as many sums as hide the time that an addition takes. */
  int ROWS = 8;

  /** Sums that make up a product in single precision: the widest vector there is. */
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

  /**
   * A sum's lanes, added up in one order.
   *
   * @param lanes {@link #FLOAT_LANES} from {@code at} on
   */
  static float sum(float[] lanes, int at) {
    float sum = 0;
    for (int lane = at; lane < at + FLOAT_LANES; lane += 8) {
      sum +=
          ((lanes[lane] + lanes[lane + 1]) + (lanes[lane + 2] + lanes[lane + 3]))
              + ((lanes[lane + 4] + lanes[lane + 5]) + (lanes[lane + 6] + lanes[lane + 7]));
    }
    return sum;
  }

  /**
   * A sum's lanes, added up in one order.
   *
   * @param lanes {@link #DOUBLE_LANES} from {@code at} on
   */
  static double sum(double[] lanes, int at) {
    double sum = 0;
    for (int lane = at; lane < at + DOUBLE_LANES; lane += 8) {
      sum +=
          ((lanes[lane] + lanes[lane + 1]) + (lanes[lane + 2] + lanes[lane + 3]))
              + ((lanes[lane + 4] + lanes[lane + 5]) + (lanes[lane + 6] + lanes[lane + 7]));
    }
    return sum;
  }

  /**
   * Adds the products of rows with columns. Of a product, feature i goes into lane i modulo {@link
   * #FLOAT_LANES} of a sum, in the order of the features.
   *
   * @param rows {@link #ROWS}, all of one length
   * @param matrix columns, as long as the rows
   * @param start where the first one begins
   * @param stride from the beginning of one to that of the next
   * @param sums [row][column]
   */
  void addProducts(
      float[][] rows, float[] matrix, int start, int stride, int columns, float[] sums);

  /**
   * Adds to columns the rows times the factors, row by row.
   *
   * @param rows {@link #ROWS}, all of one length
   * @param factors [row][column]
   * @param matrix columns, as long as the rows
   * @param start where the first one begins
   * @param stride from the beginning of one to that of the next
   */
  void addOuterProducts(
      float[][] rows, float[] factors, int columns, float[] matrix, int start, int stride);

  /**
   * As {@link #addProducts(float[][], float[], int, int, int, float[])}, in {@link #DOUBLE_LANES}.
   */
  void addProducts(
      double[][] rows, double[] matrix, int start, int stride, int columns, double[] sums);

  /** As {@link #addOuterProducts(float[][], float[], int, float[], int, int)}. */
  void addOuterProducts(
      double[][] rows, double[] factors, int columns, double[] matrix, int start, int stride);

  /**
   * Writes a part of a row in double precision, in the same places.
   *
   * @param begin its first feature
   * @param end behind its last feature
   */
  void widen(float[] row, double[] to, int begin, int end);
}
