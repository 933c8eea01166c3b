package io.headgraft.personalization;

import io.headgraft.coreml.PooledConvolution;
import io.headgraft.head.Kernels;
import io.headgraft.head.Parameters;
import io.headgraft.head.UpdateRule;
import java.util.Arrays;

/**
 * A 1×1 convolution, ReLU, mean over all pixels and normalization, forwards and backwards, an image
 * at a time. Pixels go in tiles, as many as the {@link Kernels} take, and outputs in blocks, whose
 * weights stay in the processor's cache while all tiles are taken.
 */
final class ConvolutionLayer {

  /** Outputs of a block: 64 columns of 512 weights are 128 KiB. */
  private static final int BLOCK = 64;

  private final PooledConvolution start;
  private final int pixels;

  /** [block], each [output][input]. */
  private final Parameters[] weights;

  private final Parameters bias;

  /** The image: [tile][pixel][input]; what fills the last tile up is zero. */
  private final float[][][] tiles;

  /** [block][tile], each [pixel][output]: what the convolution gave, then what the loss changes. */
  private final float[][][] sums;

  /** Of a block's outputs: the sums over all pixels, then what the loss changes with each pixel. */
  private final double[] pooled = new double[BLOCK];

  private long steps;

  /**
   * Begins with a convolution.
   *
   * @param pixels of an image
   */
  ConvolutionLayer(PooledConvolution start, int pixels, UpdateRule rule) {
    this.start = start;
    this.pixels = pixels;
    int blocks = (start.outputs() + BLOCK - 1) / BLOCK;
    this.weights = new Parameters[blocks];
    for (int block = 0; block < blocks; block++) {
      weights[block] = Parameters.begin(rows(block), rule.states());
    }
    this.bias = Parameters.begin(start.bias().clone(), rule.states());
    int count = (pixels + Kernels.ROWS - 1) / Kernels.ROWS;
    this.tiles = new float[count][Kernels.ROWS][start.inputs()];
    this.sums = new float[blocks][count][];
    for (int block = 0; block < blocks; block++) {
      for (int tile = 0; tile < count; tile++) {
        sums[block][tile] = new float[Kernels.ROWS * outputsOf(block)];
      }
    }
  }

  private float[] rows(int block) {
    float[] matrix = new float[outputsOf(block) * start.inputs()];
    for (int i = 0; i < outputsOf(block); i++) {
      float[] row = start.weights()[block * BLOCK + i];
      System.arraycopy(row, 0, matrix, i * row.length, row.length);
    }
    return matrix;
  }

  private int outputsOf(int block) {
    return Math.min(BLOCK, start.outputs() - block * BLOCK);
  }

  /** Those that are none of its filling. */
  private int pixelsOf(int tile) {
    return Math.min(Kernels.ROWS, pixels - tile * Kernels.ROWS);
  }

  /**
   * What the head reads of an image.
   *
   * @param image channel by channel, as networks give it
   * @param features receives it, [output]
   */
  void forward(float[] image, float[] features) {
    load(image);
    for (int block = 0; block < weights.length; block++) {
      for (int tile = 0; tile < tiles.length; tile++) {
        float[] sum = sums[block][tile];
        int outputs = outputsOf(block);
        for (int pixel = 0; pixel < Kernels.ROWS; pixel++) {
          System.arraycopy(bias.values(), block * BLOCK, sum, pixel * outputs, outputs);
        }
        Kernels.best()
            .addProducts(tiles[tile], weights[block].values(), 0, start.inputs(), outputs, sum);
      }
      pool(block, features);
    }
  }

  private void load(float[] image) {
    for (int pixel = 0; pixel < pixels; pixel++) {
      float[] row = tiles[pixel / Kernels.ROWS][pixel % Kernels.ROWS];
      for (int i = 0; i < row.length; i++) {
        row[i] = image[i * pixels + pixel];
      }
    }
  }

  private void pool(int block, float[] features) {
    Arrays.fill(pooled, 0);
    int outputs = outputsOf(block);
    for (int tile = 0; tile < tiles.length; tile++) {
      float[] sum = sums[block][tile];
      for (int pixel = 0; pixel < pixelsOf(tile); pixel++) {
        for (int i = 0; i < outputs; i++) {
          float value = sum[pixel * outputs + i];
          pooled[i] += start.relu() ? Math.max(0, value) : value;
        }
      }
    }
    for (int i = 0; i < outputs; i++) {
      int output = block * BLOCK + i;
      double mean = pooled[i] / pixels;
      features[output] = (float) (start.factor()[output] * mean + start.shift()[output]);
    }
  }

  /**
   * Adds the gradient of the image that went forwards last.
   *
   * @param features what the loss changes with what the head reads, [output]
   */
  void backward(float[] features) {
    for (int block = 0; block < weights.length; block++) {
      int outputs = outputsOf(block);
      for (int i = 0; i < outputs; i++) {
        int output = block * BLOCK + i;
        pooled[i] = start.factor()[output] * features[output] / pixels;
      }
      for (int tile = 0; tile < tiles.length; tile++) {
        float[] sum = sums[block][tile];
        for (int pixel = 0; pixel < Kernels.ROWS; pixel++) {
          boolean filling = pixel >= pixelsOf(tile);
          for (int i = 0; i < outputs; i++) {
            int at = pixel * outputs + i;
            boolean passes = !filling && (!start.relu() || sum[at] > 0);
            sum[at] = passes ? (float) pooled[i] : 0;
            bias.gradient()[block * BLOCK + i] += sum[at];
          }
        }
        Kernels.best()
            .addOuterProducts(
                tiles[tile], sum, outputs, weights[block].gradient(), 0, start.inputs());
      }
    }
  }

  /** Follows the mean gradient of a mini-batch. */
  void step(UpdateRule rule, int batch, double learningRate) {
    for (Parameters block : weights) {
      rule.step(block, batch, 0, learningRate, steps);
    }
    rule.step(bias, batch, 0, learningRate, steps);
    steps++;
  }

  /** A copy of what it has come to. */
  PooledConvolution convolution() {
    float[][] rows = new float[start.outputs()][start.inputs()];
    for (int output = 0; output < rows.length; output++) {
      float[] block = weights[output / BLOCK].values();
      int at = output % BLOCK * start.inputs();
      System.arraycopy(block, at, rows[output], 0, start.inputs());
    }
    return start.with(rows, bias.values().clone());
  }
}
