package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfFloatTest {

  /** The definition of the format, number by number. */
  @Test
  void eachOfAllNumbersIsWhatTheFormatSays() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      double fraction = (bits & 1023) / 1024.0;
      double magnitude =
          switch (exponent) {
            case 0 -> Math.scalb(fraction, -14);
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1 + fraction, exponent - 15);
          };
      Float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);
      assertThat(HalfFloat.value((short) bits)).as("%x", bits).isEqualTo(expected);
    }
  }

  @Test
  void allNumbersGoThereAndBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfFloat.value((short) bits);
      short back = HalfFloat.bits(value);
      if (Float.isNaN(value)) {
        assertThat(HalfFloat.value(back)).isNaN();
      } else {
        assertThat(back).as("%x", bits).isEqualTo((short) bits);
      }
    }
  }

  /** Between each number and the next: below, at and above the middle. */
  @Test
  void roundsToTheNearestAndHalfWayToTheEvenOne() {
    for (int bits = 0; bits < 0x7BFF; bits++) {
      float low = HalfFloat.value((short) bits);
      float high = HalfFloat.value((short) (bits + 1));
      float middle = new BigDecimal(low).add(new BigDecimal(high)).floatValue() / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      for (int sign : new int[] {0, 0x8000}) {
        float direction = sign == 0 ? 1 : -1;
        assertThat(HalfFloat.bits(direction * middle)).isEqualTo((short) (sign | even));
        assertThat(HalfFloat.bits(direction * Math.nextDown(middle)))
            .isEqualTo((short) (sign | bits));
        assertThat(HalfFloat.bits(direction * Math.nextUp(middle)))
            .isEqualTo((short) (sign | bits + 1));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "65504, 7BFF",
    "65519.996, 7BFF",
    "65520, 7C00",
    "-65520, FC00",
    "3.4028235e38, 7C00",
    "Infinity, 7C00",
    "1e-30, 0000",
    "-1e-30, 8000",
    "2.9802322e-8, 0000",
    "2.9802326e-8, 0001",
    "6.103515625e-5, 0400",
    "0.333333333, 3555",
    "-2, C000",
  })
  void knownValues(float value, String bits) {
    assertThat(HalfFloat.bits(value)).isEqualTo((short) Integer.parseInt(bits, 16));
  }

  @Test
  void aNumberThatIsNoneStaysNone() {
    assertThat(HalfFloat.value(HalfFloat.bits(Float.NaN))).isNaN();
    assertThat(HalfFloat.value(HalfFloat.bits(Float.intBitsToFloat(0x7F80_0001)))).isNaN();
    assertThat(HalfFloat.MAX_VALUE).isEqualTo(65504f);
  }
}
