package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalDistributionTest {

  /**
   * Python 3.11, {@code statistics.NormalDist().inv_cdf(p)}, each checked there through the
   * distribution function, {@code math.erfc(-x / math.sqrt(2)) / 2}. The algorithm changes formula
   * at 0.075, 0.925 and e⁻²⁵ = 1.389e-11.
   */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0.0",
    "0.25, -0.6744897501960817",
    "0.975, 1.9599639845400536",
    "0.075, -1.4395314709384557",
    "0.07499999, -1.439531541582168",
    "0.001, -3.090232306167813",
    "0.999, 3.090232306167813",
    "1.39e-11, -6.657777073049199",
    "1.38e-11, -6.658838502850765",
    "1e-20, -9.262340089798405"
  })
  void agreesWithPython(double probability, double quantile) {
    assertThat(NormalDistribution.quantile(probability))
        .isCloseTo(quantile, within(4e-15 * Math.max(1, Math.abs(quantile))));
  }

  @ParameterizedTest
  @CsvSource({"0.4", "0.25", "0.125", "0.03125", "0.0009765625"})
  void isSymmetric(double probability) {
    assertThat(NormalDistribution.quantile(1 - probability))
        .isCloseTo(-NormalDistribution.quantile(probability), within(1e-12));
  }

  /** scipy 1.10, {@code norm.cdf(x)}. The formula changes at -3 and 3. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "0.5, 0.6914624612740131",
    "-1, 0.15865525393145707",
    "2.5, 0.9937903346742238",
    "-2.999, 0.0013543365337271057",
    "-3, 0.0013498980316300933",
    "-3.001, 0.0013454728250849653",
    "3, 0.9986501019683699",
    "-5, 2.866515718791933e-07",
    "-10, 7.61985302416047e-24",
    "-20, 2.7536241186061556e-89",
    "8, 0.9999999999999993",
    "-Infinity, 0",
    "Infinity, 1"
  })
  void cumulativeAgreesWithScipy(double value, double probability) {
    assertThat(NormalDistribution.cumulative(value))
        .isCloseTo(probability, within(1e-12 * probability));
  }
}
