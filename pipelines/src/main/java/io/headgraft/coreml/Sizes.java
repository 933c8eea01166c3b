package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.proto.BorderAmounts;
import io.headgraft.coreml.proto.BorderAmounts.EdgeSizes;
import java.util.List;

/** Reads the sizes that a layer declares, none of which can be trusted. */
final class Sizes {

  /** More than any layer has; products of two stay far within a {@code long}. */
  private static final long MAX = Short.MAX_VALUE;

  private Sizes() {}

  /** A height and a width of at least 1, or {@code ifEmpty} for both. */
  static long[] pair(List<Long> values, long ifEmpty) {
    return pair(values, ifEmpty, 1);
  }

  /** A height and a width of at least {@code least}, or {@code ifEmpty} for both. */
  static long[] pair(List<Long> values, long ifEmpty, long least) {
    require(
        values.isEmpty() || values.size() == 2,
        Rule.LAYER_PARAMETERS,
        "it has %s sizes, not two",
        values.size());
    return values.isEmpty()
        ? new long[] {ifEmpty, ifEmpty}
        : new long[] {inRange(values.get(0), least), inRange(values.get(1), least)};
  }

  /** The borders of rows and of columns; none where none are given. */
  static Border[] borders(BorderAmounts amounts) {
    List<EdgeSizes> edges = amounts.getBorderAmountsList();
    require(
        edges.isEmpty() || edges.size() == 2,
        Rule.LAYER_PARAMETERS,
        "it has %s borders, not two",
        edges.size());
    return edges.isEmpty()
        ? new Border[] {Border.NONE, Border.NONE}
        : new Border[] {border(edges.get(0)), border(edges.get(1))};
  }

  private static Border border(EdgeSizes edge) {
    return new Border(inRange(edge.getStartEdgeSize(), 0), inRange(edge.getEndEdgeSize(), 0));
  }

  private static long inRange(long pixels, long least) {
    require(
        pixels >= least && pixels <= MAX,
        Rule.LAYER_PARAMETERS,
        "its size, stride, dilation or border of %s pixels is out of range",
        Long.toUnsignedString(pixels));
    return pixels;
  }

  /** A number of channels, at least 1. */
  static long channels(long channels, String what) {
    require(
        channels >= 1,
        Rule.LAYER_PARAMETERS,
        "its number of %s %s is out of range",
        what,
        Long.toUnsignedString(channels));
    return channels;
  }

  /**
   * The number of values of a shape.
   *
   * @throws ArithmeticException if they are more than a {@code long} counts
   */
  static long count(long... sides) {
    long count = 1;
    for (long side : sides) {
      count = Math.multiplyExact(count, side);
    }
    return count;
  }
}
