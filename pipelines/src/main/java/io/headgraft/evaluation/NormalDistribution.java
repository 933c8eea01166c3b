package io.headgraft.evaluation;

/** The standard normal distribution. */
// The coefficients stand as printed, so that they can be compared.
@SuppressWarnings("FloatingPointLiteralPrecision")
public final class NormalDistribution {

  /** From here on, the fraction needs fewer terms than the series. */
  private static final double TAIL = 3;

  /** The fraction's value at {@link #TAIL} is exact to a double's last bit then. */
  private static final int FRACTION_TERMS = 200;

  private NormalDistribution() {}

  /**
   * The value that a standard normal variable stays below with the given probability, to about 1
   * part in 10<sup>16</sup>.
   *
   * <p>M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied
   * Statistics 37 (1988), 477–484; the routine PPND16, coefficients highest power first.
   *
   * @param probability above 0 and below 1
   */
  static double quantile(double probability) {
    double centred = probability - 0.5;
    if (Math.abs(centred) <= 0.425) {
      return centred * centralRatio(0.180625 - centred * centred);
    }
    double tail = Math.min(probability, 1 - probability);
    double r = Math.sqrt(-StrictMath.log(tail));
    return Math.copySign(r <= 5 ? nearTailRatio(r - 1.6) : farTailRatio(r - 5), centred);
  }

  /**
   * The probability that a standard normal variable stays below a value, to about 1 part in
   * 10<sup>12</sup>, also of small probabilities.
   *
   * <p>G. Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11
   * (2004), issue 4: the series of section 2; in the tails Laplace's continued fraction.
   *
   * @param value any, infinite ones included
   */
  public static double cumulative(double value) {
    if (Math.abs(value) >= TAIL) {
      double tail = tail(Math.abs(value));
      return value < 0 ? tail : 1 - tail;
    }
    double sum = value;
    double term = value;
    for (int i = 3; Math.abs(term) > Math.ulp(sum); i += 2) {
      term *= value * value / i;
      sum += term;
    }
    return 0.5 + sum * density(value);
  }

  private static double tail(double value) {
    double fraction = value;
    for (int i = FRACTION_TERMS; i > 0; i--) {
      fraction = value + i / fraction;
    }
    return density(value) / fraction;
  }

  private static double density(double value) {
    return StrictMath.exp(-value * value / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double centralRatio(double r) {
    double numerator =
        polynomial(
            r,
            2.5090809287301226727e+3,
            3.3430575583588128105e+4,
            6.7265770927008700853e+4,
            4.5921953931549871457e+4,
            1.3731693765509461125e+4,
            1.9715909503065514427e+3,
            1.3314166789178437745e+2,
            3.3871328727963666080e+0);
    double denominator =
        polynomial(
            r,
            5.2264952788528545610e+3,
            2.8729085735721942674e+4,
            3.9307895800092710610e+4,
            2.1213794301586595867e+4,
            5.3941960214247511077e+3,
            6.8718700749205790830e+2,
            4.2313330701600911252e+1,
            1);
    return numerator / denominator;
  }

  private static double nearTailRatio(double r) {
    double numerator =
        polynomial(
            r,
            7.74545014278341407640e-4,
            2.27238449892691845833e-2,
            2.41780725177450611770e-1,
            1.27045825245236838258e+0,
            3.64784832476320460504e+0,
            5.76949722146069140550e+0,
            4.63033784615654529590e+0,
            1.42343711074968357734e+0);
    double denominator =
        polynomial(
            r,
            1.05075007164441684324e-9,
            5.47593808499534494600e-4,
            1.51986665636164571966e-2,
            1.48103976427480074590e-1,
            6.89767334985100004550e-1,
            1.67638483018380384940e+0,
            2.05319162663775882187e+0,
            1);
    return numerator / denominator;
  }

  private static double farTailRatio(double r) {
    double numerator =
        polynomial(
            r,
            2.01033439929228813265e-7,
            2.71155556874348757815e-5,
            1.24266094738807843860e-3,
            2.65321895265761230930e-2,
            2.96560571828504891230e-1,
            1.78482653991729133580e+0,
            5.46378491116411436990e+0,
            6.65790464350110377720e+0);
    double denominator =
        polynomial(
            r,
            2.04426310338993978564e-15,
            1.42151175831644588870e-7,
            1.84631831751005468180e-5,
            7.86869131145613259100e-4,
            1.48753612908506148525e-2,
            1.36929880922735805310e-1,
            5.99832206555887937690e-1,
            1);
    return numerator / denominator;
  }

  private static double polynomial(double x, double... coefficients) {
    double value = 0;
    for (double coefficient : coefficients) {
      value = value * x + coefficient;
    }
    return value;
  }
}
