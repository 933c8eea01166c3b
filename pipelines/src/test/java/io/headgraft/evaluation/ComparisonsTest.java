package io.headgraft.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.Json;
import io.headgraft.evaluation.Comparison.Verdict;
import io.headgraft.evaluation.Comparisons.Options;
import io.headgraft.evaluation.Comparisons.Predictions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonsTest {

  private static final Options OPTIONS = new Options(0.1, 10_000, 1);

  @Test
  void countsWhatEachHasRight() {
    Comparison comparison = singles(188, 9, 8, 206);

    assertThat(comparison.a()).isEqualTo("lbfgs");
    assertThat(comparison.b()).isEqualTo("sgd");
    assertThat(comparison.split()).isEqualTo("test");
    assertThat(comparison.examples()).isEqualTo(206);
    assertThat(comparison.groups()).isEqualTo(206);
    assertThat(comparison.bothRight()).isEqualTo(188);
    assertThat(comparison.onlyARight()).isEqualTo(9);
    assertThat(comparison.onlyBRight()).isEqualTo(8);
    assertThat(comparison.accuracyDifference()).isCloseTo(1.0 / 206, within(1e-15));
    assertThat(comparison.mcnemarP()).isEqualTo(McNemar.midP(9, 8));
    assertThat(comparison.groupedP()).isEqualTo(comparison.mcnemarP());
    assertThat(comparison.holmP()).isEqualTo(comparison.mcnemarP());
  }

  @Test
  void twoHundredPhotosShowThatThereIsNoLargeDifference() {
    Comparison comparison = singles(195, 4, 3, 206);

    assertThat(comparison.verdict()).isEqualTo(Verdict.NO_SIGNIFICANT_DIFFERENCE);
    assertThat(comparison.detectableDifference()).isBetween(0.03, 0.06);
    assertThat(comparison.interval().low()).isBetween(-0.03, -0.01);
    assertThat(comparison.interval().high()).isBetween(0.01, 0.035);
    assertThat(comparison.sentence("L-BFGS", "SGD"))
        .isEqualTo("L-BFGS 0.966, SGD 0.961: no significant difference on 206 photos");
  }

  /** Many discordant pairs hide what few would show: 30 and 30 of 206. */
  @Test
  void noisyClassifiersNeedMorePhotos() {
    assertThat(singles(100, 30, 30, 206).verdict()).isEqualTo(Verdict.TOO_FEW_EXAMPLES);
  }

  /**
   * By hand: δ = ψ = 1/15 needs 15² (1.959964 √(1/15) + 0.841621 √(1/15 − 1/225))² = 115.35, so
   * 116, about 120.
   */
  @Test
  void fifteenPhotosProveNothing() {
    Comparison comparison = singles(13, 1, 0, 15);

    assertThat(comparison.verdict()).isEqualTo(Verdict.TOO_FEW_EXAMPLES);
    assertThat(comparison.mcnemarP()).isEqualTo(0.5);
    assertThat(comparison.examplesNeeded()).isEqualTo(116);
    assertThat(comparison.sentence("L-BFGS", "SGD"))
        .isEqualTo(
            "L-BFGS 0.933, SGD 0.867: nothing can be concluded from 15 photos; a difference of 6.7 points would need about 120");
  }

  /** Equal on all 15, they still may differ by 40 points: no discordant pair is no precision. */
  @Test
  void agreementOnFifteenPhotosProvesNothing() {
    Comparison comparison = singles(14, 0, 0, 15);

    assertThat(comparison.verdict()).isEqualTo(Verdict.TOO_FEW_EXAMPLES);
    assertThat(comparison.interval()).isEqualTo(new Interval(0, 0));
    assertThat(comparison.mcnemarP()).isEqualTo(1);
    assertThat(comparison.examplesNeeded()).isNull();
    assertThat(comparison.sentence("L-BFGS", "SGD"))
        .isEqualTo(
            "L-BFGS 0.933, SGD 0.933: nothing can be concluded from 15 photos; a difference of less than 45 points hardly shows on so few");
  }

  @Test
  void aPhotoOrTwoShowNoDifferenceAtAll() {
    Comparison one = singles(1, 0, 0, 1);
    Comparison three = singles(0, 3, 0, 3);

    assertThat(one.detectableDifference()).isNaN();
    assertThat(one.sentence("L-BFGS", "SGD"))
        .isEqualTo("L-BFGS 1.000, SGD 1.000: nothing can be concluded from 1 photo");
    assertThat(three.verdict()).isEqualTo(Verdict.TOO_FEW_EXAMPLES);
  }

  @Test
  void fifteenPhotosShowALargeDifference() {
    Comparison comparison = singles(2, 12, 0, 15);

    assertThat(comparison.verdict()).isEqualTo(Verdict.A_BETTER);
    // 2/2¹² − 1/2¹².
    assertThat(comparison.holmP()).isCloseTo(1.0 / 4096, within(1e-15));
  }

  @Test
  void theBetterOneIsNamed() {
    Comparison comparison = singles(170, 3, 21, 206);

    assertThat(comparison.verdict()).isEqualTo(Verdict.B_BETTER);
    assertThat(comparison.accuracyDifference()).isCloseTo(-18.0 / 206, within(1e-15));
    assertThat(comparison.interval().high()).isNegative();
    assertThat(comparison.sentence("SGD", "L-BFGS"))
        .matches(
            "SGD 0\\.840, L-BFGS 0\\.927: L-BFGS is better on 206 photos, by 8\\.7 points \\(95 % interval 4\\.[0-9] to 1[0-9]\\.[0-9]\\)");
    assertThat(singles(170, 21, 3, 206).verdict()).isEqualTo(Verdict.A_BETTER);
  }

  /** 12 to 4: the test just finds a difference, at 3214/65536, where the interval holds 0. */
  @Test
  void testAndIntervalMustAgree() {
    Comparison comparison = singles(190, 12, 4, 206);

    assertThat(comparison.holmP()).isCloseTo(3214.0 / 65536, within(1e-15));
    assertThat(comparison.interval().low()).isZero();
    assertThat(comparison.verdict()).isEqualTo(Verdict.NO_SIGNIFICANT_DIFFERENCE);
  }

  /** 9 photos of one person and 1 of another in a's favour: 10 photos, but 2 persons. */
  @Test
  void photosOfOnePersonAreNoIndependentProof() {
    int[] truth = new int[300];
    int[] a = new int[300];
    int[] b = IntStream.range(0, 300).map(i -> i < 10 ? 1 : 0).toArray();
    String[] persons =
        IntStream.range(0, 300).mapToObj(i -> i < 9 ? "first" : "p" + i).toArray(String[]::new);

    Comparison comparison =
        new Comparisons("test", truth, persons).of(predictions(a, b), OPTIONS).get(0);

    assertThat(comparison.groups()).isEqualTo(292);
    assertThat(comparison.mcnemarP()).isLessThan(0.001);
    // 2/2² − 1/2².
    assertThat(comparison.groupedP()).isEqualTo(0.25);
    assertThat(comparison.verdict()).isEqualTo(Verdict.NO_SIGNIFICANT_DIFFERENCE);
    assertThat(comparison.sentence("L-BFGS", "SGD"))
        .isEqualTo(
            "L-BFGS 1.000, SGD 0.967: no significant difference on 300 photos in 292 groups");
  }

  /** 300 photos of ten persons are ten photos at worst. */
  @Test
  void photosOfFewPersonsAreTooFew() {
    int[] truth = new int[300];
    String[] persons =
        IntStream.range(0, 300).mapToObj(i -> "person " + i % 10).toArray(String[]::new);

    Comparison comparison =
        new Comparisons("test", truth, persons).of(predictions(truth, truth), OPTIONS).get(0);

    assertThat(comparison.verdict()).isEqualTo(Verdict.TOO_FEW_EXAMPLES);
    assertThat(comparison.detectableDifference())
        .isEqualTo(singles(10, 0, 0, 10).detectableDifference());
  }

  /** Copies of every photo change neither the p value, nor the interval, nor what is detectable. */
  @Test
  void copiesTeachNothing() {
    Random random = new Random(4);
    int[] truth = new int[100];
    int[] a = random.ints(100, 0, 2).toArray();
    int[] b = random.ints(100, 0, 2).toArray();

    Comparison once =
        new Comparisons("test", truth, names(100)).of(predictions(a, b), OPTIONS).get(0);
    Comparison thrice =
        new Comparisons("test", copies(3, truth), copies(3, names(100)))
            .of(predictions(copies(3, a), copies(3, b)), OPTIONS)
            .get(0);

    assertThat(thrice.mcnemarP()).isLessThan(once.mcnemarP());
    assertThat(thrice.groupedP()).isCloseTo(once.groupedP(), within(1e-12));
    assertThat(thrice.interval()).isEqualTo(once.interval());
    assertThat(thrice.detectableDifference()).isEqualTo(once.detectableDifference());
    assertThat(thrice.examplesNeeded())
        .isBetween(3 * once.examplesNeeded() - 3, 3 * once.examplesNeeded());
  }

  /** Equally good classifiers, 40 persons of 10 like photos: at most 5 % of false findings. */
  @Test
  void equalClassifiersAreSeldomToldApart() {
    Random random = new Random(1935);
    Options options = new Options(0.1, 499, 1);
    int found = 0;
    int foundWithoutGroups = 0;
    for (int round = 0; round < 400; round++) {
      int[] a = copies(10, random.ints(40, 0, 4).map(x -> Math.min(x, 1)).toArray());
      int[] b = copies(10, random.ints(40, 0, 4).map(x -> Math.min(x, 1)).toArray());
      Comparison comparison =
          new Comparisons("test", copies(10, ones(40)), copies(10, names(40)))
              .of(predictions(a, b), options)
              .get(0);
      boolean told =
          switch (comparison.verdict()) {
            case A_BETTER, B_BETTER -> true;
            case NO_SIGNIFICANT_DIFFERENCE, TOO_FEW_EXAMPLES -> false;
          };
      found += told ? 1 : 0;
      foundWithoutGroups += comparison.mcnemarP() < 0.05 ? 1 : 0;
    }

    // 5 % of 400 are 20, with a standard deviation of 4.4.
    assertThat(found).isBetween(5, 30);
    assertThat(foundWithoutGroups).isGreaterThan(150);
  }

  @Test
  void comparesEachWithEachInOrder() {
    int[] truth = new int[206];
    int[] good = IntStream.range(0, 206).map(i -> i < 10 ? 1 : 0).toArray();
    int[] bad = IntStream.range(0, 206).map(i -> i < 60 ? 1 : 0).toArray();

    List<Comparison> comparisons =
        new Comparisons("validation", truth, names(206))
            .of(
                List.of(
                    new Predictions("lbfgs", truth),
                    new Predictions("sgd", good),
                    new Predictions("knn", bad)),
                OPTIONS);

    assertThat(comparisons)
        .extracting(c -> c.a() + " " + c.b())
        .containsExactly("lbfgs sgd", "lbfgs knn", "sgd knn");
    assertThat(comparisons).extracting(Comparison::split).containsOnly("validation");
    assertThat(comparisons).extracting(Comparison::verdict).containsOnly(Verdict.A_BETTER);
    // 0.5¹⁰ is the largest of three and stays; the smallest, 0.5⁶⁰, is tripled.
    assertThat(comparisons.get(0).holmP()).isCloseTo(Math.pow(0.5, 10), within(1e-15));
    assertThat(comparisons.get(1).holmP()).isCloseTo(3 * Math.pow(0.5, 60), within(1e-28));
    assertThat(comparisons.get(2).holmP()).isCloseTo(2 * Math.pow(0.5, 50), within(1e-25));
  }

  /** Mid-p of 6 to 0 is 1/64 = 0.016; among three like it, it is 0.047, and at four 0.0625. */
  @Test
  void morePairsAskForMoreEvidence() {
    int[] truth = new int[206];
    int[] worse = IntStream.range(0, 206).map(i -> i < 6 ? 1 : 0).toArray();
    Comparisons comparisons = new Comparisons("test", truth, names(206));
    Predictions best = new Predictions("a", truth);
    Predictions other = new Predictions("b", worse);
    Predictions same = new Predictions("c", worse);

    List<Comparison> two = comparisons.of(List.of(best, other), OPTIONS);
    List<Comparison> three = comparisons.of(List.of(best, other, same), OPTIONS);
    List<Comparison> four =
        comparisons.of(List.of(best, other, same, new Predictions("d", worse)), OPTIONS);

    assertThat(two.get(0).holmP()).isCloseTo(1.0 / 64, within(1e-15));
    assertThat(two.get(0).verdict()).isEqualTo(Verdict.A_BETTER);
    assertThat(three.get(0).holmP()).isCloseTo(3.0 / 64, within(1e-15));
    assertThat(three.get(0).verdict()).isEqualTo(Verdict.A_BETTER);
    assertThat(four.get(0).holmP()).isCloseTo(6.0 / 64, within(1e-15));
    assertThat(four.get(0).verdict()).isEqualTo(Verdict.NO_SIGNIFICANT_DIFFERENCE);
    assertThat(four.get(0).detectableDifference()).isGreaterThan(two.get(0).detectableDifference());
  }

  @Test
  void aSingleClassifierHasNothingToBeComparedWith() {
    assertThat(
            new Comparisons("test", new int[1], names(1))
                .of(List.of(new Predictions("lbfgs", new int[1])), OPTIONS))
        .isEmpty();
  }

  @Test
  void goesThroughJson() {
    Comparison comparison =
        new Comparison(
            "lbfgs",
            "sgd",
            "test",
            206,
            200,
            195,
            4,
            3,
            0.125,
            new Interval(-0.25, 0.5),
            0.75,
            0.8,
            1,
            Double.NaN,
            null,
            Verdict.NO_SIGNIFICANT_DIFFERENCE);

    String json = Json.line(comparison);

    assertThat(json)
        .isEqualTo(
            "{\"a\":\"lbfgs\",\"b\":\"sgd\",\"split\":\"test\",\"examples\":206,\"groups\":200,"
                + "\"both-right\":195,\"only-a-right\":4,\"only-b-right\":3,"
                + "\"accuracy-difference\":0.125,\"interval\":[-0.25,0.5],\"mcnemar-p\":0.75,"
                + "\"grouped-p\":0.8,\"holm-p\":1.0,\"detectable-difference\":null,"
                + "\"verdict\":\"no-significant-difference\"}");
    assertThat(read(json)).isEqualTo(comparison);
    Comparison measured = singles(13, 1, 0, 15);
    assertThat(read(Json.line(measured))).isEqualTo(measured);
  }

  private static Comparison read(String json) {
    return Json.read(json.getBytes(UTF_8), Comparison.class, "json");
  }

  @Test
  void rejectsWhatDoesNotFitTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Comparisons("test", new int[0], new String[0]))
        .withMessage("No examples: nothing can be compared on an empty split");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Comparisons("test", new int[2], names(3)))
        .withMessage("2 examples, but groups of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Comparisons("test", new int[2], names(2))
                    .of(predictions(new int[2], new int[3]), OPTIONS))
        .withMessage("2 examples, but 3 predictions of sgd");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Options(0, 10_000, 1))
        .withMessage("A resolution lies above 0 and is at most 1, not 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Options(0.1, 38, 1))
        .withMessage("A 95 % interval needs at least 39 bootstrap replicates, not 38");
  }

  /** Photos that are independent of each other; those not counted both have wrong. */
  private static Comparison singles(int bothRight, int onlyA, int onlyB, int examples) {
    int[] truth = new int[examples];
    int[] a = new int[examples];
    int[] b = new int[examples];
    Arrays.fill(a, bothRight + onlyA, examples, 1);
    Arrays.fill(b, bothRight, bothRight + onlyA, 1);
    Arrays.fill(b, bothRight + onlyA + onlyB, examples, 1);
    return new Comparisons("test", truth, names(examples)).of(predictions(a, b), OPTIONS).get(0);
  }

  private static List<Predictions> predictions(int[] lbfgs, int[] sgd) {
    return List.of(new Predictions("lbfgs", lbfgs), new Predictions("sgd", sgd));
  }

  private static String[] names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "photo " + i).toArray(String[]::new);
  }

  private static int[] ones(int count) {
    return IntStream.range(0, count).map(i -> 1).toArray();
  }

  private static int[] copies(int count, int[] values) {
    return IntStream.range(0, count * values.length).map(i -> values[i / count]).toArray();
  }

  private static String[] copies(int count, String[] values) {
    return IntStream.range(0, count * values.length)
        .mapToObj(i -> values[i / count])
        .toArray(String[]::new);
  }
}
