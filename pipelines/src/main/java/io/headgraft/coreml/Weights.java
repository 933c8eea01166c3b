package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import com.google.protobuf.ByteString;
import io.headgraft.coreml.proto.LinearQuantizationParams;
import io.headgraft.coreml.proto.QuantizationParams;
import io.headgraft.coreml.proto.WeightParams;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.function.IntUnaryOperator;

/**
 * Numbers of a layer, as a file holds them: in single precision, in half precision, or quantized to
 * 1 to 8 bits.
 *
 * @param params what the file holds
 * @param role what they are to the layer, in the plural
 * @param count how many there have to be, by the layer's own shape
 * @param channels of the layer's output, where linear quantization may differ between them; else 1
 * @param channelOf the output channel that a number belongs to, by its position
 */
record Weights(
    WeightParams params, String role, long count, long channels, IntUnaryOperator channelOf) {

  /** How weights are stored. */
  enum Form {
    NONE("are missing"),
    SINGLE("are in single precision"),
    HALF("are in half precision"),
    QUANTIZED("are quantized");

    private final String text;

    Form(String text) {
      this.text = text;
    }
  }

  /** Weights that are laid out channel by channel of the layer's output. */
  static Weights byChannel(WeightParams params, String role, long count, long channels) {
    return new Weights(params, role, count, channels, i -> (int) (i / (count / channels)));
  }

  /** Weights that have no channels, or one of each. */
  static Weights of(WeightParams params, String role, long count) {
    return new Weights(params, role, count, 1, i -> 0);
  }

  /** Rows of numbers one after the other, in single precision. */
  static WeightParams message(float[]... rows) {
    WeightParams.Builder weights = WeightParams.newBuilder();
    for (float[] row : rows) {
      for (float value : row) {
        weights.addFloatValue(value);
      }
    }
    return weights.build();
  }

  /**
   * How many numbers a file holds, in whatever precision. Quantized ones fill whole bytes: the last
   * byte may count as a few too many.
   */
  static long count(WeightParams weights) {
    long bits = Math.max(1, weights.getQuantization().getNumberOfBits());
    return weights.getFloatValueCount()
        + weights.getFloat16Value().size() / 2
        + weights.getInt8RawValue().size()
        + 8L * weights.getRawValue().size() / bits;
  }

  /**
   * How the file holds them.
   *
   * @throws InvalidLayerException if in several forms, or in one that is not supported
   */
  Form form() {
    require(
        params.getInt8RawValue().isEmpty(),
        Rule.WEIGHT_FORM,
        "its %s are 8-bit integers for dynamic quantization, which is not supported",
        role);
    boolean single = params.getFloatValueCount() > 0;
    boolean half = !params.getFloat16Value().isEmpty();
    boolean raw = !params.getRawValue().isEmpty();
    require(
        (single ? 1 : 0) + (half ? 1 : 0) + (raw ? 1 : 0) <= 1,
        Rule.WEIGHT_FORM,
        "its %s are stored in several forms at once",
        role);
    require(
        !raw || params.hasQuantization(),
        Rule.WEIGHT_FORM,
        "its %s are raw bytes without a quantization",
        role);
    return single ? Form.SINGLE : half ? Form.HALF : raw ? Form.QUANTIZED : Form.NONE;
  }

  /**
   * Checks form and number, without reading the values.
   *
   * @throws InvalidLayerException saying what is wrong
   */
  void check() {
    switch (form()) {
      case NONE -> requireCount(0);
      case SINGLE -> requireCount(params.getFloatValueCount());
      case HALF -> {
        require(
            params.getFloat16Value().size() % 2 == 0,
            Rule.WEIGHT_FORM,
            "its %s in half precision end within a number",
            role);
        requireCount(params.getFloat16Value().size() / 2);
      }
      case QUANTIZED -> checkQuantized();
    }
  }

  private void requireCount(long found) {
    require(
        found == count,
        Rule.WEIGHT_COUNT,
        "its %s are %s numbers, the layer's shape needs %s",
        role,
        found,
        count);
  }

  private void checkQuantized() {
    QuantizationParams quantization = params.getQuantization();
    long bits = quantization.getNumberOfBits();
    require(
        bits >= 1 && bits <= 8,
        Rule.WEIGHT_FORM,
        "its %s are quantized to %s bits, not to 1 to 8",
        role,
        Long.toUnsignedString(bits));
    switch (quantization.getQuantizationTypeCase()) {
      case LINEARQUANTIZATION -> checkLinear(quantization.getLinearQuantization());
      case LOOKUPTABLEQUANTIZATION -> {
        int table = quantization.getLookupTableQuantization().getFloatValueCount();
        require(
            table == 1 << bits,
            Rule.WEIGHT_FORM,
            "the look-up table of its %s has %s values, %s bits need %s",
            role,
            table,
            bits,
            1 << bits);
      }
      case QUANTIZATIONTYPE_NOT_SET ->
          throw new InvalidLayerException(
              Rule.WEIGHT_FORM, "its " + role + " are quantized without a scale or a table");
    }
    long found = 8L * params.getRawValue().size() / bits;
    require(
        found >= count && count <= Integer.MAX_VALUE,
        Rule.WEIGHT_COUNT,
        "its %s are %s bytes of %s bits a number, the layer's shape needs %s numbers",
        role,
        params.getRawValue().size(),
        bits,
        count);
  }

  private void checkLinear(LinearQuantizationParams linear) {
    int scales = linear.getScaleCount();
    require(
        scales == 1 || scales == channels,
        Rule.WEIGHT_FORM,
        "the quantization of its %s has %s scales, not 1 or the %s of its channels",
        role,
        scales,
        channels);
    require(
        linear.getBiasCount() == 0 || linear.getBiasCount() == scales,
        Rule.WEIGHT_FORM,
        "the quantization of its %s has %s biases for %s scales",
        role,
        linear.getBiasCount(),
        scales);
  }

  /**
   * Checks that two kinds of weights do not mix single and half precision.
   *
   * @throws InvalidLayerException if they do
   */
  void requireSamePrecision(Weights other) {
    Form form = form();
    Form otherForm = other.form();
    boolean mixed =
        (form == Form.SINGLE && otherForm == Form.HALF)
            || (form == Form.HALF && otherForm == Form.SINGLE);
    require(
        !mixed,
        Rule.WEIGHT_FORM,
        "its %s %s, its %s %s",
        role,
        form.text,
        other.role,
        otherForm.text);
  }

  /**
   * The values.
   *
   * @throws InvalidLayerException if form or number are wrong, or a value is not finite
   */
  float[] floats() {
    check();
    float[] values =
        switch (form()) {
          case NONE -> new float[0];
          case SINGLE -> single();
          case HALF -> half();
          case QUANTIZED -> dequantized();
        };
    for (int i = 0; i < values.length; i++) {
      require(
          Float.isFinite(values[i]),
          Rule.WEIGHTS_FINITE,
          "its %s hold %s at position %s",
          role,
          values[i],
          i);
    }
    return values;
  }

  private float[] single() {
    float[] values = new float[params.getFloatValueCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = params.getFloatValue(i);
    }
    return values;
  }

  private float[] half() {
    ShortBuffer halves =
        params
            .getFloat16Value()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    float[] values = new float[halves.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfFloat.value(halves.get(i));
    }
    return values;
  }

  private float[] dequantized() {
    QuantizationParams quantization = params.getQuantization();
    int bits = (int) quantization.getNumberOfBits();
    boolean linear = quantization.hasLinearQuantization();
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      int code = bits(params.getRawValue(), (long) i * bits, bits);
      values[i] =
          linear
              ? linear(quantization.getLinearQuantization(), code, channelOf.applyAsInt(i))
              : quantization.getLookupTableQuantization().getFloatValue(code);
    }
    return values;
  }

  private static float linear(LinearQuantizationParams linear, int code, int channel) {
    int i = linear.getScaleCount() == 1 ? 0 : channel;
    float bias = linear.getBiasCount() == 0 ? 0 : linear.getBias(i);
    return linear.getScale(i) * code + bias;
  }

  /** A number of bits anywhere in a string of bytes, the most significant bit first. */
  private static int bits(ByteString bytes, long start, int bits) {
    int first = (int) (start / 8);
    int last = (int) ((start + bits - 1) / 8);
    int two = (bytes.byteAt(first) & 0xff) << 8 | (bytes.byteAt(last) & 0xff);
    int unused = 16 - (int) (start % 8) - bits;
    // A number within one byte stands in both of the bytes that were read.
    return (two >> unused) & ((1 << bits) - 1);
  }
}
