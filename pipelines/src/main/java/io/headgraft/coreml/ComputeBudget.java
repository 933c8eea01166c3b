package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.HeadgraftException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a network may take to be loaded and run. A few bytes of a file can ask for any size, so the
 * bounds are put before anything of that size is made: they lie well above the networks that phones
 * run, and low enough that the memory stays within three times the file and 512 MiB.
 */
final class ComputeBudget {

  /** Batches up to this size take no more than the file is allowed; larger ones are asked for. */
  private static final int BATCH = 4;

  /**
   * Values that are held at a time for an image of a batch: for four, 256 MiB, which the engine's
   * copies may double. ResNet-50 holds less than 2<sup>22</sup>.
   */
  private static final long HELD = 1L << 24;

  /** A gigabyte: the engine's results become arrays. */
  private static final long MAX_BLOB = 1L << 28;

  /** Twice what they take in the file, as half precision does, and this: quantized ones are few. */
  private static final long MORE_WEIGHTS = (128L << 20) / Float.BYTES;

  /** Multiplications for an image of a batch; ResNet-50 takes 2<sup>32</sup>. */
  private static final long OPERATIONS = 1L << 36;

  /** The engine reads a module line by line; DenseNet-201 has a thousand. */
  private static final int MAX_LINES = 1 << 14;

  private static final Pattern VARIABLE = Pattern.compile("\\bx(\\d+)\\b");

  private final int batch;
  private final long mostHeld;
  private final long mostOperations;
  private final long mostWeights;

  /** By line, which is a variable's number too: the values that it makes, and its last reader. */
  private final List<Long> values = new ArrayList<>();

  private final List<Integer> lastUses = new ArrayList<>();
  private long weights;
  private long operations;

  ComputeBudget(NetworkGraph graph, int batch) {
    this.batch = batch;
    this.mostHeld = HELD * Math.max(BATCH, batch);
    this.mostOperations = OPERATIONS * Math.max(BATCH, batch);
    long bytes = graph.layers().stream().mapToLong(layer -> layer.getSerializedSize()).sum();
    long mean = graph.input() instanceof ImageInput image ? image.mean().size() : 0;
    this.mostWeights = 2 * (bytes / Float.BYTES + mean) + MORE_WEIGHTS;
  }

  /** Values that a blob may have, of one example. */
  long mostOfBlob() {
    return Math.min(mostHeld, MAX_BLOB) / batch;
  }

  /** Asks for weights that are yet to be unpacked: nothing is counted. */
  void requireRoom(long values) {
    require(
        values <= mostWeights - weights,
        Rule.LAYER_SHAPES,
        "its weights would take %s MiB, which is too much for what the file holds",
        ((weights + values) * Float.BYTES) >> 20);
  }

  void addWeights(long values) {
    requireRoom(values);
    weights += values;
  }

  /** Counts the multiplications of an image. */
  void addOperations(long count) {
    operations += Math.multiplyExact(count, batch);
    require(
        operations <= mostOperations,
        Rule.LAYER_SHAPES,
        "%s inputs take more than %s multiplications up to here, which is too slow",
        batch,
        mostOperations);
  }

  /** Counts a line of the module that names a result: the next variable. */
  void addLine(String expression, Shape shape) {
    int line = values.size();
    require(
        line < MAX_LINES,
        Rule.LAYER_SHAPES,
        "the network has more than %s steps up to here",
        MAX_LINES);
    for (Matcher use = VARIABLE.matcher(expression); use.find(); ) {
      lastUses.set(Integer.parseInt(use.group(1)), line);
    }
    values.add(shape.size() * batch);
    lastUses.add(line);
  }

  /**
   * Refuses a network whose results are too large together.
   *
   * @param result the variable of the output
   */
  void requireHeld(String model, String result) {
    int lines = values.size();
    lastUses.set(Integer.parseInt(result.substring(1)), lines);
    long[] freed = new long[lines + 1];
    long held = 0;
    for (int line = 0; line < lines; line++) {
      held += values.get(line);
      freed[lastUses.get(line)] += values.get(line);
      if (held > mostHeld) {
        throw HeadgraftException.unusable(
            "%s cannot be run: its intermediate results take more than %d MiB for %d inputs"
                .formatted(model, (mostHeld * Float.BYTES) >> 20, batch));
      }
      held -= freed[line];
    }
  }
}
