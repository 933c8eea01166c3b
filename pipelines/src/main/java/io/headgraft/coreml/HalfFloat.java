package io.headgraft.coreml;

/**
 * Numbers in half precision (IEEE 754-2008, binary16): a sign, 5 bits of exponent and 10 of
 * fraction.
 */
final class HalfFloat {

  /** 65504. */
  static final float MAX_VALUE = (float) ((2 - 0x1p-10) * 0x1p15);

  private static final int INFINITY = 0x7C00;

  /** Half way between the largest number and what would come next; this and more is infinite. */
  private static final float OVERFLOW = MAX_VALUE + 0x1p4f;

  private static final float MIN_NORMAL = 0x1p-14f;

  private HalfFloat() {}

  /** The 16 bits of the nearest number, of two that are equally near the even one. */
  static short bits(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      // The upper bits of what a NaN carries; never none of them, which would be infinite.
      int payload = Float.floatToRawIntBits(value) >>> 13 & 0x3FF;
      return (short) (sign | INFINITY | (payload == 0 ? 0x200 : payload));
    }
    if (magnitude >= OVERFLOW) {
      return (short) (sign | INFINITY);
    }
    if (magnitude < MIN_NORMAL) {
      // Subnormal numbers are whole multiples of 2^-24, and rint rounds as wanted. The product is
      // exact; 1024 is the smallest normal number's code.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int bits = Float.floatToRawIntBits(magnitude);
    // Of the 13 bits that go, more than half a step carries, and half a step where the step is odd.
    int rounded = bits + 0xFFF + (bits >>> 13 & 1);
    return (short) (sign | ((rounded >>> 13) - ((127 - 15) << 10)));
  }

  /** The number of 16 bits, exactly. */
  static float value(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >>> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1F ? 0xFF : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
