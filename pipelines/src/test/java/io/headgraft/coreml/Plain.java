package io.headgraft.coreml;

import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Layers by plain loops, in double precision: what the compiled network is held against. */
final class Plain {

  /** Values by channel, row and column. */
  record Blob(double[][][] values) {

    static Blob ofSize(int channels, int height, int width) {
      return new Blob(new double[channels][height][width]);
    }

    int channels() {
      return values.length;
    }

    int height() {
      return values[0].length;
    }

    int width() {
      return values[0][0].length;
    }

    boolean holds(int y, int x) {
      return y >= 0 && y < height() && x >= 0 && x < width();
    }

    double[] flat() {
      double[] flat = new double[channels() * height() * width()];
      int i = 0;
      for (double[][] channel : values) {
        for (double[] row : channel) {
          for (double value : row) {
            flat[i++] = value;
          }
        }
      }
      return flat;
    }

    static Blob ofVector(double[] vector) {
      Blob out = ofSize(vector.length, 1, 1);
      for (int c = 0; c < vector.length; c++) {
        out.values[c][0][0] = vector[c];
      }
      return out;
    }
  }

  /** How a window of {@code kernel} pixels goes over an image; each pair is height, width. */
  record Window(
      int[] kernel, int[] stride, int[] dilation, int top, int left, int height, int width) {}

  private Plain() {}

  /** The first layer's input, blue, green, red. */
  static Blob image(byte[] pixels, int width, int height, NeuralNetworkImageScaler scaler) {
    double[] bias = {scaler.getBlueBias(), scaler.getGreenBias(), scaler.getRedBias()};
    Blob out = Blob.ofSize(3, height, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int pixel = pixels[(y * width + x) * 3 + c] & 0xff;
          out.values[c][y][x] = scaler.getChannelScale() * pixel + bias[c];
        }
      }
    }
    return out;
  }

  static Blob convolution(
      Blob in, Window window, int groups, List<Float> weights, List<Float> bias) {
    int outputs = bias.size();
    int group = in.channels() / groups;
    int rows = window.kernel[0];
    int columns = window.kernel[1];
    Blob out = Blob.ofSize(outputs, window.height, window.width);
    for (int o = 0; o < outputs; o++) {
      int first = o / (outputs / groups) * group;
      for (int y = 0; y < window.height; y++) {
        for (int x = 0; x < window.width; x++) {
          double sum = bias.get(o);
          for (int c = 0; c < group; c++) {
            for (int i = 0; i < rows; i++) {
              for (int j = 0; j < columns; j++) {
                int atY = y * window.stride[0] - window.top + i * window.dilation[0];
                int atX = x * window.stride[1] - window.left + j * window.dilation[1];
                if (in.holds(atY, atX)) {
                  sum +=
                      in.values[first + c][atY][atX]
                          * weights.get(((o * group + c) * rows + i) * columns + j);
                }
              }
            }
          }
          out.values[o][y][x] = sum;
        }
      }
    }
    return out;
  }

  static Blob maxPooling(Blob in, Window window) {
    Blob out = Blob.ofSize(in.channels(), window.height, window.width);
    for (int c = 0; c < in.channels(); c++) {
      for (int y = 0; y < window.height; y++) {
        for (int x = 0; x < window.width; x++) {
          double largest = Double.NEGATIVE_INFINITY;
          for (int i = 0; i < window.kernel[0]; i++) {
            for (int j = 0; j < window.kernel[1]; j++) {
              int atY = y * window.stride[0] - window.top + i;
              int atX = x * window.stride[1] - window.left + j;
              if (in.holds(atY, atX)) {
                largest = Math.max(largest, in.values[c][atY][atX]);
              }
            }
          }
          out.values[c][y][x] = largest;
        }
      }
    }
    return out;
  }

  /** One value a channel. */
  static Blob reduce(Blob in, double start, DoubleBinaryOperator operator, double factor) {
    double[] vector = new double[in.channels()];
    for (int c = 0; c < vector.length; c++) {
      double value = start;
      for (double[] row : in.values[c]) {
        for (double pixel : row) {
          value = operator.applyAsDouble(value, pixel);
        }
      }
      vector[c] = factor * value;
    }
    return Blob.ofVector(vector);
  }

  static Blob innerProduct(Blob in, List<Float> weights, List<Float> bias) {
    double[] flat = in.flat();
    double[] vector = new double[bias.size()];
    for (int o = 0; o < vector.length; o++) {
      vector[o] = bias.get(o);
      for (int i = 0; i < flat.length; i++) {
        vector[o] += weights.get(o * flat.length + i) * flat[i];
      }
    }
    return Blob.ofVector(vector);
  }

  static Blob map(Blob in, DoubleUnaryOperator operator) {
    Blob out = Blob.ofSize(in.channels(), in.height(), in.width());
    for (int c = 0; c < in.channels(); c++) {
      for (int y = 0; y < in.height(); y++) {
        for (int x = 0; x < in.width(); x++) {
          out.values[c][y][x] = operator.applyAsDouble(in.values[c][y][x]);
        }
      }
    }
    return out;
  }

  static Blob relu(Blob in) {
    return map(in, value -> Math.max(0, value));
  }

  static Blob concat(Blob... inputs) {
    double[][][] values = new double[List.of(inputs).stream().mapToInt(Blob::channels).sum()][][];
    int channel = 0;
    for (Blob in : inputs) {
      for (double[][] plane : in.values) {
        values[channel++] = plane;
      }
    }
    return new Blob(values);
  }

  /** Over the channels, at each pixel. */
  static Blob softmax(Blob in) {
    Blob out = Blob.ofSize(in.channels(), in.height(), in.width());
    for (int y = 0; y < in.height(); y++) {
      for (int x = 0; x < in.width(); x++) {
        double sum = 0;
        for (int c = 0; c < in.channels(); c++) {
          sum += Math.exp(in.values[c][y][x]);
        }
        for (int c = 0; c < in.channels(); c++) {
          out.values[c][y][x] = Math.exp(in.values[c][y][x]) / sum;
        }
      }
    }
    return out;
  }

  /** Row by row, pixel by pixel, the channels innermost. */
  static Blob channelsLast(Blob in) {
    double[] vector = new double[in.channels() * in.height() * in.width()];
    int i = 0;
    for (int y = 0; y < in.height(); y++) {
      for (int x = 0; x < in.width(); x++) {
        for (int c = 0; c < in.channels(); c++) {
          vector[i++] = in.values[c][y][x];
        }
      }
    }
    return Blob.ofVector(vector);
  }
}
