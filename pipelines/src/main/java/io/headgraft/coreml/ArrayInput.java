package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FeatureDescription;
import java.util.List;

/** Numbers that a network takes as they are, channel by channel and row by row. */
record ArrayInput(String name, Shape shape) implements NetworkInput {

  /** More values than any array has that comes from memory. */
  private static final long MAX_SIZE = Integer.MAX_VALUE / Float.BYTES;

  /**
   * The input of a description: one number stands for channels, three for channels, height and
   * width, and more only where those in front are 1.
   *
   * @throws HeadgraftException if the shape is another, or too large
   */
  static ArrayInput of(FeatureDescription input, String model) {
    List<Long> sides = input.getType().getMultiArrayType().getShapeList();
    int leading = 0;
    while (sides.size() - leading != 3 && sides.size() - leading > 1 && sides.get(leading) == 1) {
      leading++;
    }
    List<Long> kept = sides.subList(leading, sides.size());
    if ((kept.size() != 1 && kept.size() != 3)
        || kept.stream().anyMatch(side -> side < 1 || side > MAX_SIZE)) {
      throw cannotTake(model, sides);
    }
    Shape shape =
        kept.size() == 1
            ? new Shape(kept.get(0), 1, 1)
            : new Shape(kept.get(0), kept.get(1), kept.get(2));
    try {
      if (shape.size() <= MAX_SIZE) {
        return new ArrayInput(input.getName(), shape);
      }
    } catch (ArithmeticException e) {
      // Too large even to be counted.
    }
    throw cannotTake(model, sides);
  }

  private static HeadgraftException cannotTake(String model, List<Long> sides) {
    return HeadgraftException.unusable(
        "%s: an array input of shape %s is not supported; it has one side, or channels, height and width"
            .formatted(model, sides));
  }
}
