package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.dataset.Split;
import io.headgraft.testing.SmallProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LbfgsTest {

  private static final LocalTrainingSet DATA =
      LocalTrainingSet.of(
          SmallProblem.LABELS, SmallProblem.examples(Split.TRAIN), new ClassWeights.None());
  private static final Lbfgs.Listener NOBODY = (number, value, parameters) -> {};

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-3, 0.1, 10})
  void reachesTheMinimum(double l2) {
    Objective objective = Objective.of(DATA, l2);

    Lbfgs.Minimum minimum =
        Lbfgs.minimize(objective, objective.zeros(), new Lbfgs.Limits(2000, 1e-15), NOBODY);

    double[] gradient = objective.zeros();
    assertThat(minimum.value()).isEqualTo(objective.evaluate(minimum.parameters(), gradient));
    assertThat(minimum.gradientNorm())
        .isEqualTo(
            Math.sqrt(Arrays.stream(gradient).map(slope -> slope * slope).sum()), within(1e-15))
        .isLessThan(1e-7);
    // The objective is convex: where it is flat, it is lowest.
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      double[] elsewhere =
          Arrays.stream(minimum.parameters()).map(p -> p + 0.01 * random.nextGaussian()).toArray();
      assertThat(objective.evaluate(elsewhere, objective.zeros()))
          .isGreaterThanOrEqualTo(minimum.value());
    }
  }

  @Test
  void eachIterationGoesDown() {
    Objective objective = Objective.of(DATA, 0.01);
    List<Integer> numbers = new ArrayList<>();
    List<Double> values = new ArrayList<>();

    Lbfgs.Minimum minimum =
        Lbfgs.minimize(
            objective,
            objective.zeros(),
            new Lbfgs.Limits(2000, 1e-9),
            (number, value, parameters) -> {
              numbers.add(number);
              values.add(value);
              assertThat(objective.evaluate(parameters, objective.zeros())).isEqualTo(value);
            });

    assertThat(numbers)
        .isEqualTo(IntStream.rangeClosed(1, minimum.iterations()).boxed().toList())
        .hasSizeGreaterThan(5);
    for (int i = 1; i < values.size(); i++) {
      assertThat(values.get(i)).isLessThan(values.get(i - 1));
    }
    assertThat(values.get(values.size() - 1)).isEqualTo(minimum.value());
  }

  @Test
  void stopsAfterSoManyIterations() {
    Objective objective = Objective.of(DATA, 0.01);
    assertThat(
            Lbfgs.minimize(objective, objective.zeros(), new Lbfgs.Limits(3, 1e-15), NOBODY)
                .iterations())
        .isEqualTo(3);
  }

  @Test
  void goesOnFromWhereItIsTold() {
    Objective objective = Objective.of(DATA, 0.01);
    double[] start = objective.zeros();
    Lbfgs.Minimum cold = Lbfgs.minimize(objective, start, new Lbfgs.Limits(2000, 1e-9), NOBODY);

    Lbfgs.Minimum warm =
        Lbfgs.minimize(objective, cold.parameters(), new Lbfgs.Limits(2000, 1e-9), NOBODY);

    assertThat(start).containsOnly(0);
    assertThat(warm.iterations()).isLessThan(cold.iterations() / 2);
    assertThat(warm.value()).isLessThanOrEqualTo(cold.value());
  }
}
