package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void figuresAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Figures.decimal(0.96604)).isEqualTo("0.966");
      assertThat(Figures.count(1234567)).isEqualTo("1,234,567");
      assertThat(Figures.points(0.0046)).isEqualTo("+0.5");
      assertThat(Figures.scientific(0.000123)).isEqualTo("1.23 × 10⁻⁴");
      assertThat(Figures.seconds(3.44)).isEqualTo("3.4 s");
      assertThat(Figures.setting(0.00015)).isEqualTo("0.00015");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void whatIsNotANumberIsADash() {
    assertThat(Figures.decimal(Double.NaN)).isEqualTo("–");
    assertThat(Figures.points(Double.NaN)).isEqualTo("–");
    assertThat(Figures.size(Double.NaN)).isEqualTo("–");
    assertThat(Figures.scientific(Double.POSITIVE_INFINITY)).isEqualTo("–");
    assertThat(Figures.seconds(Double.NaN)).isEqualTo("–");
  }

  @Test
  void differencesHaveASign() {
    assertThat(Figures.points(0.0451)).isEqualTo("+4.5");
    assertThat(Figures.points(-0.0451)).isEqualTo("−4.5");
    assertThat(Figures.points(-0.0001)).isEqualTo("0.0");
    assertThat(Figures.size(-0.0451)).isEqualTo("4.5");
  }

  @Test
  void smallProbabilitiesAreNotZero() {
    assertThat(Figures.p(0.0004)).isEqualTo("< 0.001");
    assertThat(Figures.p(0.001)).isEqualTo("0.001");
    assertThat(Figures.p(1)).isEqualTo("1.000");
  }

  @Test
  void scientificNumbersHaveOneDigitBeforeThePoint() {
    assertThat(Figures.scientific(0)).isEqualTo("0");
    assertThat(Figures.scientific(-12345)).isEqualTo("−1.23 × 10⁴");
    assertThat(Figures.scientific(1e-10)).isEqualTo("1.00 × 10⁻¹⁰");
  }

  @Test
  void durationsAreAsExactAsOfInterest() {
    assertThat(Figures.seconds(0.0123)).isEqualTo("0.01 s");
    assertThat(Figures.seconds(9.96)).isEqualTo("10 s");
    assertThat(Figures.seconds(59.6)).isEqualTo("1 min 00 s");
    assertThat(Figures.seconds(152)).isEqualTo("2 min 32 s");
    assertThat(Figures.seconds(3600 * 5 + 61)).isEqualTo("5 h 01 min");
  }

  @Test
  void estimatesHaveTwoDigits() {
    assertThat(Figures.roughly(1187)).isEqualTo("1,200");
    assertThat(Figures.roughly(7)).isEqualTo("7");
    assertThat(Figures.times(4.09)).isEqualTo("4.1×");
    assertThat(Figures.times(12.3)).isEqualTo("12×");
  }

  @Test
  void settingsAreShort() {
    assertThat(Figures.setting(0.001)).isEqualTo("0.001");
    assertThat(Figures.setting(100.0)).isEqualTo("100");
    assertThat(Figures.setting(1e-9)).isEqualTo("1.00 × 10⁻⁹");
    assertThat(Figures.setting(0.0)).isEqualTo("0");
    assertThat(Figures.setting(32)).isEqualTo("32");
    assertThat(Figures.setting("uniform")).isEqualTo("uniform");
  }
}
