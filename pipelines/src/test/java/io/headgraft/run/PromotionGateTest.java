package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.dataset.Split;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Standardization;
import io.headgraft.report.Report;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Gate;
import io.headgraft.report.SampleReports;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SmallProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromotionGateTest {

  private static final Examples TEST = SmallProblem.examples(Split.TEST);
  private static final Examples NONE =
      new Examples(new float[0][], new int[0], new String[0], new String[0], new int[0]);
  private static final Report REPORT = SampleReports.digits();
  private static final Condition SAFE = new Condition("placeholder-wins", 0, 0, true, "none");

  @TempDir private Path folder;
  private WorkDirectory workdir;

  @BeforeEach
  void open() {
    workdir = WorkDirectory.open(folder.toString(), new Configuration());
  }

  @Test
  void theFirstRunHasNothingToBeWorseThan() {
    Gate gate = decide(challenger(TEST, "pipeline", true));

    assertThat(gate.champion()).isNull();
    assertThat(gate.passed()).isTrue();
    assertThat(gate.conditions())
        .containsExactly(
            SAFE,
            new Condition(
                "champion-comparable", 0, 0, true, "there is no champion yet to be worse than"));
  }

  @Test
  void aChampionOfTheSameFeaturesIsMeasuredByItsHead() {
    champion("r1", "pipeline", true, SmallProblem.LABELS);

    Gate gate = decide(challenger(TEST, "pipeline", true));

    assertThat(gate.champion()).isEqualTo("r1");
    assertThat(gate.passed()).isTrue();
    assertThat(gate.conditions())
        .extracting(Condition::name)
        .containsExactly(
            "placeholder-wins",
            "backbone-trained",
            "champion-comparable",
            "accuracy-difference-low",
            "recall-drop",
            "log-loss-rise");
    assertThat(named(gate, "champion-comparable"))
        .isEqualTo(
            new Condition(
                "champion-comparable",
                1,
                1,
                true,
                "champion r1: its head ran on today's features"));
  }

  @Test
  void labelsThatDifferAreNamed() {
    champion("r1", "pipeline", true, List.of("ant", "bee", "wasp"));

    assertThat(named(decide(challenger(TEST, "pipeline", true)), "champion-comparable").detail())
        .isEqualTo(
            "champion r1: its head ran on today's features; it does not know the labels [cat]; today's data set has no more the labels [wasp]");
  }

  @Test
  void whatKnowsNoneOfTheLabelsIsNotCompared() {
    champion("r1", "pipeline", true, List.of("x", "y", "z"));

    assertKept(
        challenger(TEST, "pipeline", true), "it knows the label of none of today's test photos");
  }

  @Test
  void withoutTestPhotosTheChampionStaysUnlessToldOtherwise() {
    champion("r1", "pipeline", true, SmallProblem.LABELS);

    assertKept(
        challenger(NONE, "pipeline", true), "today's data set has no test photo to measure it on");

    Gate told = decide(challenger(NONE, "pipeline", true), "gate.unmeasured=promote");
    assertThat(told.passed()).isTrue();
    assertThat(named(told, "champion-comparable"))
        .isEqualTo(
            new Condition(
                "champion-comparable",
                0,
                0,
                true,
                "champion r1: today's data set has no test photo to measure it on; gate.unmeasured decides, here: promote"));
  }

  @Test
  void aChampionThatIsGoneIsNotPassedOver() {
    Champion.promote(workdir, "r1");

    assertKept(
        challenger(TEST, "pipeline", true),
        workdir.uri("runs/r1") + " does not hold its record any more");
  }

  @Test
  void aChampionOfOtherFeaturesWithoutAModelIsNotCompared() {
    champion("r1", "another", true, SmallProblem.LABELS);

    assertKept(
        challenger(TEST, "pipeline", true),
        "its features are not today's, and neither classifier.mlmodel nor plain.mlmodel is among its models");
  }

  @Test
  void aModelThatCannotBeRunIsNotCompared() {
    champion("r1", "another", true, SmallProblem.LABELS);
    workdir.write("runs/r1/models/classifier.mlmodel", new byte[] {1, 2, 3});

    assertThat(named(decide(challenger(TEST, "pipeline", true)), "champion-comparable").detail())
        .startsWith("champion r1: its model cannot be run: ")
        .contains("classifier.mlmodel");
  }

  @Test
  void randomWeightsDoNotReplaceTrainedOnes() {
    champion("r1", "pipeline", true, SmallProblem.LABELS);

    Condition backbone = named(decide(challenger(TEST, "pipeline", false)), "backbone-trained");

    assertThat(backbone)
        .isEqualTo(
            new Condition(
                "backbone-trained",
                0,
                1,
                false,
                "models of an untrained backbone do not replace those of a trained one"));
  }

  @Test
  void randomWeightsMayReplaceRandomOnes() {
    champion("r1", "pipeline", false, SmallProblem.LABELS);

    assertThat(decide(challenger(TEST, "pipeline", false)).passed()).isTrue();
  }

  private void assertKept(PromotionGate.Challenger challenger, String why) {
    Gate gate = decide(challenger);
    assertThat(gate.champion()).isEqualTo("r1");
    assertThat(gate.failed())
        .containsExactly(
            new Condition(
                "champion-comparable",
                0,
                1,
                false,
                "champion r1: " + why + "; gate.unmeasured decides, here: keep"));
  }

  private Gate decide(PromotionGate.Challenger challenger, String... overrides) {
    return new PromotionGate(
            LocalSpark.session(), workdir, Settings.load(Optional.empty(), List.of(overrides)))
        .decide(challenger);
  }

  private static Condition named(Gate gate, String name) {
    return gate.conditions().stream()
        .filter(condition -> condition.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static PromotionGate.Challenger challenger(
      Examples test, String pipeline, boolean trained) {
    return new PromotionGate.Challenger(
        new TrainedHead("r2", pipeline, 1, 2, head(SmallProblem.LABELS)),
        trained,
        List.of(SAFE),
        REPORT,
        test,
        SmallProblem.dataset().images());
  }

  private void champion(String run, String pipeline, boolean trained, List<String> labels) {
    workdir.write(
        "runs/" + run + "/run.json",
        new RunRecord(
            run,
            "",
            "",
            RunRecord.Status.PROMOTED,
            0,
            null,
            null,
            new BackboneFacts("net", "f", "flatten", trained),
            new RunRecord.DatasetFacts(1, 60, labels),
            null,
            null,
            new EmitModel.Result("sgd", null, List.of(), "card", 1, 0, 0, 0, 0, 0, List.of()),
            null,
            List.of(),
            Map.of(),
            Map.of()));
    workdir.write(
        "runs/" + run + "/heads/sgd.json", new TrainedHead(run, pipeline, 1, 2, head(labels)));
    Champion.promote(workdir, run);
  }

  private static Head head(List<String> labels) {
    return new Head(
        "sgd",
        labels,
        new Standardization(new double[SmallProblem.FEATURES], new double[SmallProblem.FEATURES]),
        new double[3][SmallProblem.FEATURES],
        new double[] {1, 0, 0},
        Map.of(),
        1);
  }
}
