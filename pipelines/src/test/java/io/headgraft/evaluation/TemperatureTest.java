package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemperatureTest {

  /** By hand: 3 of 4 right at logits (2, 0) are most likely at 1/(1 + e^(−2/T)) = 3/4. */
  @Test
  void confidenceBecomesAccuracy() {
    Temperature temperature = Temperature.fit(rows(4, 2, 0), new int[] {0, 0, 1, 0});

    assertThat(temperature.value()).isCloseTo(2 / Math.log(3), within(1e-14));
    assertThat(temperature.atBound()).isFalse();
    assertThat(temperature.probabilities(new double[] {2, 0}))
        .containsExactly(new double[] {0.75, 0.25}, within(1e-14));
  }

  /** Labels drawn at T = 2.5; the standard error of an estimate from so many is about 0.02. */
  @Test
  void findsTheTemperatureThatLabelsWereDrawnAt() {
    Random random = new Random(2017);
    double[][] logits = new double[20_000][];
    int[] truth = new int[logits.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.doubles(10).map(x -> 20 * x).toArray();
      truth[i] = draw(Arrays.stream(logits[i]).map(x -> x / 2.5).toArray(), random.nextDouble());
    }
    double[][] tripled =
        Arrays.stream(logits)
            .map(row -> Arrays.stream(row).map(x -> 3 * x).toArray())
            .toArray(double[][]::new);

    Temperature temperature = Temperature.fit(logits, truth);

    assertThat(temperature.value()).isCloseTo(2.5, within(0.1));
    assertThat(Temperature.fit(tripled, truth).value())
        .isCloseTo(3 * temperature.value(), within(1e-9));
    assertThat(logLoss(logits, truth, temperature.value()))
        .isLessThan(logLoss(logits, truth, temperature.value() * 1.001))
        .isLessThan(logLoss(logits, truth, temperature.value() / 1.001));
  }

  private static int draw(double[] logits, double level) {
    double[] probabilities = Probabilities.softmax(logits);
    int label = 0;
    double below = probabilities[0];
    while (below < level && label < probabilities.length - 1) {
      label++;
      below += probabilities[label];
    }
    return label;
  }

  private static double logLoss(double[][] logits, int[] truth, double value) {
    Temperature temperature = new Temperature(value, false);
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      sum -= Math.log(temperature.probabilities(logits[i])[truth[i]]);
    }
    return sum;
  }

  @Test
  void aSeparatedSplitEndsAtTheLowestBound() {
    assertThat(Temperature.fit(new double[][] {{2, 0}, {0, 1}}, new int[] {0, 1}))
        .isEqualTo(new Temperature(0.05, true));
  }

  @Test
  void logitsWorseThanChanceEndAtTheHighestBound() {
    assertThat(Temperature.fit(rows(3, 2, 0), new int[] {1, 1, 0}))
        .isEqualTo(new Temperature(20, true));
  }

  @Test
  void isOneWhereItMakesNoDifference() {
    assertThat(Temperature.fit(rows(2, 0.1, 0.1, 0.1), new int[] {0, 2}))
        .isEqualTo(new Temperature(1, false));
    assertThat(Temperature.fit(rows(2, 3), new int[] {0, 0})).isEqualTo(new Temperature(1, false));
  }

  @Test
  void leavesTheLogitsAlone() {
    double[] logits = {2, 0};

    double[] probabilities = new Temperature(2, false).probabilities(logits);

    assertThat(probabilities).isEqualTo(Probabilities.softmax(new double[] {1, 0}));
    assertThat(logits).containsExactly(2, 0);
  }

  @Test
  void rejectsWhatCannotBeFitted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Temperature.fit(new double[0][], new int[0]))
        .withMessage("No examples: no temperature can be fitted");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Temperature.fit(rows(1, 2, 0), new int[] {0, 1}))
        .withMessage("2 examples, but logits of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Temperature.fit(rows(1, 2, 0), new int[] {2}))
        .withMessage("Invalid label of example 0: 2 of 2 labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Temperature.fit(rows(1, 2, Double.NaN), new int[] {0}))
        .withMessage("Invalid logit of example 0: NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Temperature(0, false))
        .withMessage("A temperature lies between 0.05 and 20.0, not at 0.0");
  }

  private static double[][] rows(int count, double... row) {
    double[][] rows = new double[count][];
    Arrays.fill(rows, row);
    return rows;
  }
}
