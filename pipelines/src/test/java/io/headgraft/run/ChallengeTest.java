package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.evaluation.Comparisons;
import io.headgraft.report.Report.Condition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  private static final List<String> LABELS = List.of("ant", "bee");
  private static final GateOptions OPTIONS = new GateOptions(0.03, 0.1, 0.05, 0.05, false);
  private static final Comparisons.Options COMPARISONS = new Comparisons.Options(0.1, 999, 1);

  @Test
  void equalAnswersMeetAllConditions() {
    List<Condition> conditions = challenge(sure(0.9, 4), sure(0.9, 4), 40, 40);

    assertThat(conditions).allMatch(Condition::passed);
    assertThat(conditions)
        .extracting(Condition::name)
        .containsExactly("accuracy-difference-low", "recall-drop", "log-loss-rise");
    assertThat(conditions).extracting(Condition::value).containsExactly(0.0, 0.0, 0.0);
    assertThat(conditions).extracting(Condition::limit).containsExactly(-0.03, 0.1, 0.05);
    assertThat(conditions.get(0).detail())
        .isEqualTo(
            "accuracy 0.950 against the champion's 0.950 on 80 test photos in 80 groups: +0.0 points, 95 % interval +0.0 to +0.0; gate.margin allows it to begin at -3.0");
  }

  /** The difference itself is within the margin, 1 in 80, but its interval is not. */
  @Test
  void theIntervalHasToBeWithinTheMargin() {
    Condition accuracy = challenge(sure(0.9, 4), sure(0.9, 3), 40, 40).get(0);

    assertThat(accuracy.passed()).isFalse();
    assertThat(accuracy.value()).isBetween(-0.06, -0.03);
    assertThat(accuracy.detail())
        .startsWith("accuracy 0.950 against the champion's 0.963 on 80 test photos")
        .contains(": -1.3 points, ");
  }

  /** Ten photos that are each eight times the same one are ten photos, not eighty. */
  @Test
  void photosOfAGroupAreDrawnTogether() {
    int[] truth = truth(40, 40);
    String[] groups = IntStream.range(0, 80).mapToObj(i -> "group" + i / 8).toArray(String[]::new);
    Answers challenger = answers(sure(0.9, 4), truth);
    Answers champion = answers(sure(0.9, 3), truth);

    double grouped =
        new Challenge(LABELS, truth, groups, challenger, champion)
            .conditions(OPTIONS, COMPARISONS)
            .get(0)
            .value();

    assertThat(grouped).isEqualTo(-0.0375);
  }

  @Test
  void aLabelLosesNoMoreThanItsShare() {
    // 4 of 40 photos are the share that is allowed, 5 are more.
    assertThat(recall(4, 40).passed()).isTrue();
    assertThat(recall(4, 40).value()).isEqualTo(0.1);
    assertThat(recall(5, 40).passed()).isFalse();
    assertThat(recall(5, 40).value()).isEqualTo(0.125);
    assertThat(recall(5, 40).detail())
        .isEqualTo(
            "label 'ant': 35 of 40 test photos right, 40 with the champion: recall down by 0.125, gate.recall-drop allows 0.1");
  }

  @Test
  void twoPhotosOfALabelAreChanceAndThreeAreNot() {
    assertThat(recall(2, 5).passed()).isTrue();
    assertThat(recall(2, 5).value()).isZero();
    assertThat(recall(2, 5).detail())
        .isEqualTo("no label has more than 2 photos fewer right than with the champion");
    assertThat(recall(3, 5).passed()).isFalse();
    assertThat(recall(3, 5).value()).isEqualTo(0.6);
  }

  /** What is gained on one label does not make up for another. */
  @Test
  void aGainElsewhereDoesNotPayForALabel() {
    int[] truth = truth(20, 60);
    Answers champion =
        new Answers(
            IntStream.range(0, 80).map(i -> i < 20 ? 0 : i < 50 ? 0 : 1).toArray(), half(80));
    Answers challenger =
        new Answers(IntStream.range(0, 80).map(i -> i < 5 ? 1 : truth[i]).toArray(), half(80));

    List<Condition> conditions = conditions(truth, challenger, champion);

    assertThat(conditions.get(0).passed()).isTrue();
    assertThat(conditions.get(0).value()).isPositive();
    assertThat(conditions.get(1).passed()).isFalse();
    assertThat(conditions.get(1).value()).isEqualTo(0.25);
  }

  @Test
  void theLogLossMayRiseALittle() {
    double small = Math.log(0.9) - Math.log(0.87);
    double large = Math.log(0.9) - Math.log(0.85);

    assertThat(logLoss(0.87).value()).isCloseTo(small, within(1e-12)).isLessThan(0.05);
    assertThat(logLoss(0.87).passed()).isTrue();
    assertThat(logLoss(0.85).value()).isCloseTo(large, within(1e-12)).isGreaterThan(0.05);
    assertThat(logLoss(0.85).passed()).isFalse();
    assertThat(logLoss(0.85).detail())
        .isEqualTo(
            "log-loss 0.163 against the champion's 0.105 on the 80 test photos whose label it knows: +0.057, gate.log-loss-rise allows +0.050");
  }

  /** A label that is new today cannot be lost, and costs the champion no made-up number. */
  @Test
  void aChampionWithOtherLabelsIsWrongOnThoseItDoesNotKnow() {
    int[] truth = truth(40, 40);
    double[][] own = new double[80][];
    Arrays.setAll(own, i -> i < 40 ? new double[] {0.1, 0.9} : new double[] {0.8, 0.2});
    Answers champion = Answers.of(List.of("wasp", "ant"), own, LABELS, truth);

    assertThat(champion.predicted()).containsOnly(0, Answers.OTHER);
    assertThat(champion.knows(0)).isTrue();
    assertThat(champion.knows(79)).isFalse();

    List<Condition> conditions = conditions(truth, answers(sure(0.9, 0), truth), champion);

    assertThat(conditions).allMatch(Condition::passed);
    assertThat(conditions.get(0).detail())
        .startsWith("accuracy 1.000 against the champion's 0.500");
    assertThat(conditions.get(2).value()).isCloseTo(0, within(1e-12));
    assertThat(conditions.get(2).detail()).contains("on the 40 test photos whose label it knows");
  }

  /** Core ML's labels may be in another Unicode form than a data set's. */
  @Test
  void labelsAreComparedInOneForm() {
    Answers answers =
        Answers.of(
            List.of("cafe\u0301", "tea"),
            new double[][] {{0.7, 0.3}},
            List.of("caf\u00e9", "tea"),
            new int[] {0});

    assertThat(answers.predicted()).containsExactly(0);
    assertThat(answers.probability()).containsExactly(0.7);
  }

  private static Condition recall(int lost, int photos) {
    return challenge(sure(0.9, lost), sure(0.9, 0), photos, 400).get(1);
  }

  private static Condition logLoss(double probability) {
    return challenge(sure(probability, 0), sure(0.9, 0), 40, 40).get(2);
  }

  private record Sure(double probability, int wrong) {}

  /** Of each photo's label as sure as that, but for the first few photos, which it has wrong. */
  private static Sure sure(double probability, int wrong) {
    return new Sure(probability, wrong);
  }

  private static List<Condition> challenge(Sure challenger, Sure champion, int ants, int bees) {
    int[] truth = truth(ants, bees);
    return conditions(truth, answers(challenger, truth), answers(champion, truth));
  }

  private static List<Condition> conditions(int[] truth, Answers challenger, Answers champion) {
    String[] groups =
        IntStream.range(0, truth.length).mapToObj(i -> "photo" + i).toArray(String[]::new);
    return new Challenge(LABELS, truth, groups, challenger, champion)
        .conditions(OPTIONS, COMPARISONS);
  }

  private static Answers answers(Sure sure, int[] truth) {
    double[][] probabilities = new double[truth.length][];
    for (int i = 0; i < truth.length; i++) {
      double own = i < sure.wrong() ? 1 - sure.probability() : sure.probability();
      probabilities[i] = truth[i] == 0 ? new double[] {own, 1 - own} : new double[] {1 - own, own};
    }
    return Answers.of(LABELS, probabilities, LABELS, truth);
  }

  private static int[] truth(int ants, int bees) {
    return IntStream.range(0, ants + bees).map(i -> i < ants ? 0 : 1).toArray();
  }

  private static double[] half(int photos) {
    double[] probabilities = new double[photos];
    Arrays.fill(probabilities, 0.5);
    return probabilities;
  }
}
