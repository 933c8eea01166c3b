package io.headgraft.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;

/** Numbers and names as people read them, the same in every locale. */
final class Figures {

  /** For a figure that does not exist. */
  static final String NONE = "–";

  private static final String MINUS = "−";
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  private static final Map<String, String> HEADS =
      Map.of("lbfgs", "L-BFGS", "sgd", "SGD", "adam", "Adam", "knn", "k-NN");

  private Figures() {}

  /** What people call a head. */
  static String head(String name) {
    return HEADS.getOrDefault(name, name);
  }

  /** A number with three decimals: an accuracy, a loss, a score. */
  static String decimal(double value) {
    return Double.isFinite(value) ? signed(format("%.3f", value)) : NONE;
  }

  /** A difference of two shares in percentage points, with its sign. */
  static String points(double difference) {
    if (!Double.isFinite(difference)) {
      return NONE;
    }
    String text = signed(format("%.1f", difference * 100));
    return text.startsWith(MINUS) || text.equals("0.0") ? text : "+" + text;
  }

  /** A size in percentage points, without a sign. */
  static String size(double difference) {
    return Double.isFinite(difference) ? format("%.1f", Math.abs(difference) * 100) : NONE;
  }

  /** A probability of an outcome at least as extreme. */
  static String p(double value) {
    return value < 0.001 ? "< 0.001" : decimal(value);
  }

  /** A whole number with its thousands apart. */
  static String count(long value) {
    return format("%,d", value);
  }

  /** A whole number that is itself an estimate: two digits of it count. */
  static String roughly(long value) {
    return count(
        BigDecimal.valueOf(value).round(new MathContext(2, RoundingMode.HALF_UP)).longValue());
  }

  /** One digit, two decimals, and a power of ten. */
  static String scientific(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    if (value == 0) {
      return "0";
    }
    String[] parts = format("%.2e", value).split("e", -1);
    return signed(parts[0]) + " × 10" + superscript(Integer.parseInt(parts[1]));
  }

  /** A duration, as exact as it is of interest. */
  static String seconds(double seconds) {
    if (!Double.isFinite(seconds)) {
      return NONE;
    }
    if (seconds < 9.95) {
      return format(seconds < 0.095 ? "%.2f s" : "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? format("%d min %02d s", whole / 60, whole % 60)
        : format("%,d h %02d min", whole / 3600, whole / 60 % 60);
  }

  /** How many times as much one is as the other, from 1 on. */
  static String times(double ratio) {
    return format(ratio < 9.95 ? "%.1f×" : "%,.0f×", ratio);
  }

  /** The value of a hyper-parameter. */
  static String setting(Object value) {
    if (!(value instanceof Double) && !(value instanceof Float)) {
      return String.valueOf(value);
    }
    double number = ((Number) value).doubleValue();
    if (!Double.isFinite(number)) {
      return String.valueOf(value);
    }
    BigDecimal rounded = BigDecimal.valueOf(number).round(new MathContext(3));
    double size = Math.abs(number);
    return size == 0 || (size >= 1e-4 && size < 1e6)
        ? signed(rounded.stripTrailingZeros().toPlainString())
        : scientific(number);
  }

  private static String superscript(int exponent) {
    StringBuilder text = new StringBuilder(exponent < 0 ? "⁻" : "");
    String.valueOf(Math.abs(exponent))
        .chars()
        .forEach(digit -> text.append(SUPERSCRIPTS.charAt(digit - '0')));
    return text.toString();
  }

  /** With a real minus sign, and none before a zero. */
  private static String signed(String number) {
    if (!number.startsWith("-")) {
      return number;
    }
    boolean zero = number.chars().allMatch(c -> c == '-' || c == '0' || c == '.');
    return (zero ? "" : MINUS) + number.substring(1);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
