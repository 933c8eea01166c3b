package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedSampleSizeTest {

  private final PairedSampleSize sampleSize = new PairedSampleSize(0.05);

  /**
   * powersamplesize (Zarathu) after Connor, page 209: discordant shares 0.45 and 0.05 need 23
   * examples, rounded up. By hand: (1.959964 √0.5 + 0.841621 √0.34)²/0.16 = 22.011.
   */
  @Test
  void agreesWithConnor() {
    assertThat(sampleSize.examples(0.4, 0.5)).isCloseTo(22.011, within(5e-4));
  }

  /** By hand: (1.959964 √0.1 + 0.841621 √0.09)²/0.01. */
  @Test
  void allDiscordantPairsInOneDirection() {
    assertThat(sampleSize.examples(0.1, 0.1)).isCloseTo(76.0876, within(5e-4));
  }

  /** Without any variance left it is z² of the level alone. */
  @Test
  void everyPairDiscordantInOneDirection() {
    assertThat(sampleSize.examples(1, 1)).isCloseTo(3.841459, within(1e-6));
    assertThat(sampleSize.detectableDifference(3.84146, 1)).isCloseTo(1, within(1e-5));
    assertThat(sampleSize.detectableDifference(3.84, 1)).isNaN();
  }

  @ParameterizedTest
  @CsvSource({"0.4, 0.5", "0.01, 0.02", "0.02, 0.9", "0.3, 0.3", "0.0001, 0.0002"})
  void detectableDifferenceIsTheInverse(double difference, double discordant) {
    double examples = sampleSize.examples(difference, discordant);

    assertThat(sampleSize.detectableDifference(examples, discordant))
        .isCloseTo(difference, within(1e-9 * difference));
  }

  /** 15 examples with ψ = 0.1: not 0.21, which ψ does not allow, but where δ = ψ suffices. */
  @Test
  void differenceBeyondTheDiscordantShareTakesMoreOfThem() {
    double difference = sampleSize.detectableDifference(15, 0.1);

    assertThat(sampleSize.examples(difference, difference)).isCloseTo(15, within(1e-9));
  }

  @Test
  void stricterLevelsNeedMore() {
    PairedSampleSize strict = new PairedSampleSize(0.05 / 6);

    assertThat(strict.examples(0.05, 0.1)).isGreaterThan(1.4 * sampleSize.examples(0.05, 0.1));
    assertThat(strict.detectableDifference(206, 0.1))
        .isGreaterThan(1.2 * sampleSize.detectableDifference(206, 0.1));
  }

  /** All outcomes of the mid-p test, each with its probability; 20 discordant pairs or more. */
  @ParameterizedTest
  @CsvSource({"206, 0.1", "206, 0.2", "100, 0.3", "60, 0.5"})
  void powerOfTheExactTestIsNearWhatIsPromised(int examples, double discordant) {
    double difference = sampleSize.detectableDifference(examples, discordant);

    assertThat(power(examples, (discordant + difference) / 2, (discordant - difference) / 2))
        .isBetween(0.77, 0.83);
  }

  private static double power(int examples, double shareOfA, double shareOfB) {
    double power = 0;
    for (int a = 0; a <= examples; a++) {
      for (int b = 0; a + b <= examples; b++) {
        if (McNemar.midP(a, b) < 0.05) {
          power += trinomial(examples, a, b, shareOfA, shareOfB);
        }
      }
    }
    return power;
  }

  private static double trinomial(int examples, int a, int b, double shareOfA, double shareOfB) {
    int rest = examples - a - b;
    double log = rest * Math.log(1 - shareOfA - shareOfB);
    for (int i = 1; i <= a; i++) {
      log += Math.log((rest + i) * shareOfA / i);
    }
    for (int i = 1; i <= b; i++) {
      log += Math.log((rest + a + i) * shareOfB / i);
    }
    return Math.exp(log);
  }
}
