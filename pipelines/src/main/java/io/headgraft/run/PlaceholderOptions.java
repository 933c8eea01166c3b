package io.headgraft.run;

import io.headgraft.HeadgraftException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Labels that a model has to spare, for those that the phone's user adds.
 *
 * @param classes that the model is filled up to
 * @param least placeholders that there are at least
 * @param probability that all of them together have at most, in (0, 0.01]
 * @param bias of each, if it is not to follow from that probability
 * @param maxProbability of all of them together in the mean over the test photos, above which a run
 *     fails
 */
public record PlaceholderOptions(
    int classes,
    int least,
    Names names,
    double probability,
    OptionalDouble bias,
    double maxProbability) {

  /** What placeholders are called. */
  public sealed interface Names {

    /** The same but for a number: {@code user0}, {@code user1}, … */
    record Numbered(String prefix) implements Names {}

    /** One by one. */
    record Listed(List<String> names) implements Names {

      /** Keeps a copy. */
      public Listed {
        names = List.copyOf(names);
      }
    }
  }

  /** How many there are beside some real labels. */
  public int count(int realLabels) {
    return Math.max(least, classes - realLabels);
  }

  /**
   * Real labels and behind them the placeholders; names that a real label has are passed over.
   *
   * @throws HeadgraftException (exit code 2) if there are fewer names than placeholders
   */
  public List<String> widened(List<String> real) {
    int count = count(real.size());
    List<String> free =
        candidates(real.size() + count).filter(name -> !real.contains(name)).limit(count).toList();
    if (free.size() < count) {
      throw HeadgraftException.usage(
          "emit.placeholder-names has %d names that no label has, for %d placeholders beside %d labels: name more, or lower emit.classes or emit.placeholders"
              .formatted(free.size(), count, real.size()));
    }
    List<String> labels = new ArrayList<>(real);
    labels.addAll(free);
    return List.copyOf(labels);
  }

  private Stream<String> candidates(int enough) {
    if (names instanceof Names.Listed listed) {
      return listed.names().stream();
    }
    return IntStream.range(0, enough).mapToObj(i -> ((Names.Numbered) names).prefix() + i);
  }
}
