package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterBootstrapTest {

  private static final int REPLICATES = 10_000;

  /**
   * All draws counted: of 4 draws from {1, 0, 0, 0}, k are the 1 with the probabilities of B(4,
   * 1/4). None is with 0.316, at most 2 with 0.949, at most 3 with 0.996: the 2.5 and 97.5
   * percentiles are 0 and 3/4.
   */
  @Test
  void percentilesAreThoseOfAllDraws() {
    assertThat(interval(new int[] {1, 1, 1, 1}, new int[] {1, 0, 0, 0}, 1))
        .isEqualTo(new Interval(0, 0.75));
  }

  /**
   * The same with 3 examples in the first group: 3 draws of it and one of another are 10 examples,
   * 9 of which count. Divided by the 6 examples that there are it would be 1.5.
   */
  @Test
  void meansAreByTheExamplesDrawn() {
    assertThat(interval(new int[] {3, 1, 1, 1}, new int[] {3, 0, 0, 0}, 1))
        .isEqualTo(new Interval(0, 0.9));
  }

  /** The normal interval of a mean of many, ± 1.96 s/√n. */
  @Test
  void agreesWithTheNormalIntervalForManyExamples() {
    int[] totals = differences(2000);
    double mean = Arrays.stream(totals).average().orElseThrow();
    double squares = Arrays.stream(totals).mapToDouble(t -> (t - mean) * (t - mean)).sum();
    double halfWidth = 1.96 * Math.sqrt(squares) / totals.length;

    Interval interval = interval(ones(2000), totals, 1);

    assertThat(interval.low()).isCloseTo(mean - halfWidth, within(0.05 * halfWidth));
    assertThat(interval.high()).isCloseTo(mean + halfWidth, within(0.05 * halfWidth));
  }

  /** A copy of every example teaches nothing; taken as independent it would narrow by √2. */
  @Test
  void copiesWithinAGroupDoNotNarrowTheInterval() {
    int[] totals = differences(500);
    int[] twice = Arrays.stream(totals).map(t -> 2 * t).toArray();
    int[] apart = IntStream.concat(Arrays.stream(totals), Arrays.stream(totals)).toArray();

    Interval once = interval(ones(500), totals, 7);

    assertThat(interval(IntStream.range(0, 500).map(i -> 2).toArray(), twice, 7)).isEqualTo(once);
    assertThat(width(once) / width(interval(ones(1000), apart, 7)))
        .isCloseTo(Math.sqrt(2), within(0.08));
  }

  @Test
  void seedDecides() {
    int[] totals = differences(500);

    assertThat(interval(ones(500), totals, 3)).isEqualTo(interval(ones(500), totals, 3));
    assertThat(
            IntStream.range(0, 10).mapToObj(seed -> interval(ones(500), totals, seed)).distinct())
        .hasSizeGreaterThan(1);
  }

  @Test
  void meansShareTheirDraws() {
    int[] totals = differences(200);
    int[] negated = Arrays.stream(totals).map(t -> -t).toArray();

    Interval[] both =
        new ClusterBootstrap(ones(200), REPLICATES, 5).intervals(new int[][] {totals, negated});

    assertThat(both[1]).isEqualTo(new Interval(-both[0].high(), -both[0].low()));
  }

  private static double width(Interval interval) {
    return interval.high() - interval.low();
  }

  private static Interval interval(int[] sizes, int[] totals, long seed) {
    return new ClusterBootstrap(sizes, REPLICATES, seed).intervals(new int[][] {totals})[0];
  }

  private static int[] ones(int count) {
    return IntStream.range(0, count).map(i -> 1).toArray();
  }

  private static int[] differences(int count) {
    return new Random(93).ints(count, -1, 2).toArray();
  }
}
