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
 * @param probability that all of them together have in the mean over the photos that the head was
 *     trained on, in (0, 0.01]
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

  /** What placeholders together have at most on any photo, whatever they have in the mean. */
  private static final double MOST = 0.01;

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

  /**
   * The logit of each placeholder. Unless it is given, it follows from the probability p: beside
   * real labels with S = Σ exp(logit), N placeholders of bias b have N exp(b) / S, as long as that
   * is little. Where a head is sure of all photos it was trained on, that could be loud on others:
   * the logits of the K real labels being centered, their mean is 0 and S at least K (Jensen's
   * inequality), so that a bias of ln(K / 100 / N) gives at most 0.01 on any photo.
   *
   * @param real how many real labels there are
   * @param meanInverseSum the mean of 1 / S over the photos that the head was trained on
   */
  double bias(int real, double meanInverseSum) {
    int count = Math.max(1, count(real));
    return bias.orElseGet(
        () -> Math.log(Math.min(probability / meanInverseSum, MOST * real) / count));
  }
}
