package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

  @Test
  void constantStays() {
    assertThat(factors(new LearningRateSchedule.Constant(), 5)).containsOnly(1);
  }

  @Test
  void stepDropsAfterEqualParts() {
    LearningRateSchedule schedule = new LearningRateSchedule.Step(2, 0.5);

    assertThat(factors(schedule, 6)).containsExactly(1, 1, 0.5, 0.5, 0.25, 0.25);
    assertThat(factors(schedule, 7)).containsExactly(1, 1, 1, 0.5, 0.5, 0.25, 0.25);
    assertThat(factors(schedule, 1)).containsExactly(1);
  }

  @Test
  void cosineGoesFromOneToZero() {
    double[] factors = factors(new LearningRateSchedule.Cosine(), 6);

    assertThat(factors)
        .containsExactly(
            new double[] {1, 0.5 + Math.sqrt(3) / 4, 0.75, 0.5, 0.25, 0.5 - Math.sqrt(3) / 4},
            within(1e-15));
  }

  @Test
  void annealingShrinksWithEveryStep() {
    assertThat(factors(new LearningRateSchedule.Annealing(0.99), 4))
        .containsExactly(new double[] {1, 0.99, 0.9801, 0.970299}, within(1e-15));
  }

  private static double[] factors(LearningRateSchedule schedule, long steps) {
    return LongStream.range(0, steps).mapToDouble(step -> schedule.factor(step, steps)).toArray();
  }
}
