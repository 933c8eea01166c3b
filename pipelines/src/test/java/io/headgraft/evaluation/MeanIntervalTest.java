package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeanIntervalTest {

  @Test
  void whatIsTheSameInAllGroupsIsCertain() {
    assertThat(
            MeanInterval.of(
                new double[] {0.25, 0.75, 0.75, 0.25}, new int[] {4, 4, -1, -1}, 199, 1))
        .isEqualTo(new Interval(0.5, 0.5));
  }

  @Test
  void groupsAreDrawnWhole() {
    double[] values = IntStream.range(0, 100).mapToDouble(i -> i / 10 % 2).toArray();
    Interval groups =
        MeanInterval.of(values, IntStream.range(0, 100).map(i -> i / 10).toArray(), 999, 1);
    Interval single = MeanInterval.of(values, IntStream.range(0, 100).toArray(), 999, 1);

    assertThat(single.low()).isBetween(0.37, 0.43);
    assertThat(groups.low()).isBetween(0.1, 0.3);
    assertThat(groups.high()).isBetween(0.7, 0.9);
  }
}
