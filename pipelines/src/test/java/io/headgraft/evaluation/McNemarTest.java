package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {

  /**
   * Fagerland, Lydersen and Laake 2013, Table 1 (Bentur et al., airway hyper-responsiveness before
   * and after stem cell transplantation, 1 and 7 discordant pairs): mid-p 0.039. By hand: 2 (1 +
   * 8)/256 − 8/256 = 10/256.
   */
  @Test
  void agreesWithFagerland() {
    assertThat(McNemar.midP(1, 7)).isCloseTo(0.0390625, within(1e-15));
    assertThat(McNemar.midP(7, 1)).isEqualTo(McNemar.midP(1, 7));
  }

  /**
   * Their supplement: where both are equal, 1 minus half the point probability; by hand 1 −
   * 20/64/2.
   */
  @Test
  void equalNumbersCountThePointHalf() {
    assertThat(McNemar.midP(3, 3)).isCloseTo(0.84375, within(1e-15));
    assertThat(McNemar.midPOfGroups(new int[] {1, -1, 1, -1, -1, 1})).isEqualTo(0.84375);
  }

  @Test
  void isOneWithoutDiscordantPairs() {
    assertThat(McNemar.midP(0, 0)).isEqualTo(1);
    assertThat(McNemar.midPOfGroups(new int[] {0, 0, 0})).isEqualTo(1);
  }

  /** Against whole numbers of any size; 2^−3000 is far below the smallest double. */
  @ParameterizedTest
  @CsvSource({
    "0, 5",
    "6, 16",
    "1460, 1540",
    "1499, 1501",
    "1400, 1600",
    "1500, 1500",
    "4890, 5110"
  })
  void agreesWithWholeNumbers(int onlyA, int onlyB) {
    double exact = exactMidP(onlyA, onlyB);

    assertThat(McNemar.midP(onlyA, onlyB)).isCloseTo(exact, within(1e-10 * exact));
  }

  @Test
  void hopelessOddsAreZeroAtWorst() {
    assertThat(McNemar.midP(0, 5000)).isBetween(0.0, 1e-300);
  }

  /**
   * By hand: the subsets of {3, 1, 1} sum to 0, 1, 1, 2, 3, 4, 4, 5. The one group in b's favour
   * sums to 1: 2 · 3/8 − 2/8.
   */
  @Test
  void groupsFlipAsAWhole() {
    assertThat(McNemar.midPOfGroups(new int[] {3, 0, -1, 1})).isEqualTo(0.5);
    assertThat(McNemar.midPOfGroups(new int[] {-3, 0, 1, -1})).isEqualTo(0.5);
  }

  /** However large it is: 2 · 1/2 − 1/2. */
  @Test
  void aSingleGroupProvesNothing() {
    assertThat(McNemar.midPOfGroups(new int[] {1000})).isEqualTo(0.5);
  }

  @Test
  void groupsOfOneAreTheOrdinaryTest() {
    Random random = new Random(20130713);
    for (int round = 0; round < 100; round++) {
      int[] differences = random.ints(1 + random.nextInt(300), -1, 2).toArray();
      int onlyA = (int) Arrays.stream(differences).filter(d -> d > 0).count();
      int onlyB = (int) Arrays.stream(differences).filter(d -> d < 0).count();

      assertThat(McNemar.midPOfGroups(differences))
          .isCloseTo(McNemar.midP(onlyA, onlyB), within(1e-12));
    }
  }

  private static double exactMidP(int onlyA, int onlyB) {
    int pairs = onlyA + onlyB;
    BigInteger choices = BigInteger.ONE;
    BigInteger tail = BigInteger.ZERO;
    for (int k = 0; k < Math.min(onlyA, onlyB); k++) {
      tail = tail.add(choices);
      choices = choices.multiply(BigInteger.valueOf(pairs - k)).divide(BigInteger.valueOf(k + 1));
    }
    // 2 P(fewer) + P(as many), or, where both are equal, that minus half of the latter.
    BigInteger twice = tail.shiftLeft(1).add(choices).shiftLeft(1);
    if (onlyA == onlyB) {
      twice = twice.subtract(choices);
    }
    return new BigDecimal(twice)
        .divide(new BigDecimal(BigInteger.TWO.pow(pairs + 1)), MathContext.DECIMAL64)
        .doubleValue();
  }
}
