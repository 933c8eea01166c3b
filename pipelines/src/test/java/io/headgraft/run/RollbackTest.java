package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Gate;
import io.headgraft.run.RunHistory.Entry;
import io.headgraft.run.RunRecord.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The champion's history: forwards, backwards, and as it is listed. */
class RollbackTest {

  @TempDir private Path folder;
  private WorkDirectory workdir;

  @BeforeEach
  void open() {
    workdir = WorkDirectory.open(folder.toString(), new Configuration());
  }

  @Test
  void goesBackOneChampionAtATime() {
    promote("r1", "r2", "r3");

    assertThat(rollback()).isEqualTo(new Rollback.Result("r2", "r3", "sgd"));
    assertThat(champion()).isEqualTo(new Champion("r2", List.of("r1"), List.of("r3")));
    assertThat(rollback()).isEqualTo(new Rollback.Result("r1", "r2", "sgd"));
    assertThat(champion()).isEqualTo(new Champion("r1", List.of(), List.of("r2", "r3")));
    assertFails(
        Optional.empty(), ExitCode.UNUSABLE, "There is no champion before run r1 to go back to");
  }

  @Test
  void goesToARunThatIsNamedAndForwardAgain() {
    promote("r1", "r2", "r3");

    rollback("r1");
    assertThat(champion()).isEqualTo(new Champion("r1", List.of(), List.of("r3", "r2")));
    rollback("r3");
    assertThat(champion()).isEqualTo(new Champion("r3", List.of("r1"), List.of("r2")));
  }

  @Test
  void theSameRunPromotedAgainIsNotItsOwnPredecessor() {
    promote("r1", "r2", "r2");

    assertThat(champion()).isEqualTo(new Champion("r2", List.of("r1"), List.of()));
  }

  @Test
  void aPromotionThatWasCutOffIsFinished() {
    promote("r1");
    write("r2", Status.PROMOTED, null);
    write("r3", Status.CHAMPION_KEPT, null);

    assertThat(Champion.finishPromotion(workdir)).contains("r2");
    assertThat(champion()).isEqualTo(new Champion("r2", List.of("r1"), List.of()));
    assertThat(Champion.finishPromotion(workdir)).isEmpty();

    // Who went back does not want to be brought forward again.
    rollback();
    assertThat(Champion.finishPromotion(workdir)).isEmpty();
    assertThat(champion().run()).isEqualTo("r1");
  }

  @Test
  void theFirstPromotionOfAllThatWasCutOffIsFinished() {
    write("r1", Status.PROMOTED, null);

    assertThat(Champion.finishPromotion(workdir)).contains("r1");
    assertThat(champion()).isEqualTo(new Champion("r1", List.of(), List.of()));
  }

  @Test
  void aChampionOfBeforeThereWasAHistoryHasNone() {
    workdir.write("champion.json", "{\"run\": \"r1\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(champion()).isEqualTo(new Champion("r1", List.of(), List.of()));
  }

  @Test
  void refusesWhatWasNeverPromoted() {
    promote("r1", "r2");
    write("r3", Status.CHAMPION_KEPT, null);
    workdir.write("runs/r4/report.json", new byte[0]);

    assertFails(Optional.of("r3"), ExitCode.UNUSABLE, "Run r3 was never promoted: champion-kept");
    assertFails(Optional.of("r4"), ExitCode.UNUSABLE, "Run r4 was never promoted: it did not end");
    assertFails(Optional.of("r2"), ExitCode.USAGE, "The models of run r2 are live already");
    for (String none : List.of("r9", "../runs/r1", "", ".")) {
      assertFails(
          Optional.of(none),
          ExitCode.USAGE,
          "There is no run %s in %s".formatted(none, workdir.uri("runs")));
    }
    assertThat(champion().run()).isEqualTo("r2");
  }

  @Test
  void refusesARunWhoseModelsAreGone() {
    promote("r1", "r2");
    workdir.delete("runs/r1/models/knn.mlmodel");

    assertFails(
        Optional.empty(),
        ExitCode.UNUSABLE,
        workdir.uri("runs/r1/models/knn.mlmodel") + " is gone: run r1 cannot go live again");
    assertThat(champion().run()).isEqualTo("r2");
  }

  @Test
  void refusesWhereThereIsNoChampion() {
    write("r1", Status.CHAMPION_KEPT, null);

    assertFails(
        Optional.empty(),
        ExitCode.UNUSABLE,
        workdir.uri() + " has no champion: no run has been promoted");
  }

  @Test
  void theHistorySaysWhatBecameOfEachRun() {
    promote("r1");
    write("r2", Status.CHAMPION_KEPT, null);
    workdir.write("runs/r3/report.json", new byte[0]);
    write("r4", Status.FAILED, "the disk is full");

    assertThat(new RunHistory(workdir).entries())
        .extracting(Entry::run, Entry::status, Entry::live, Entry::testAccuracy, Entry::why)
        .containsExactly(
            tuple("r1", "promoted", true, 0.75, null),
            tuple("r2", "champion-kept", false, 0.75, "too low"),
            tuple("r3", "unfinished", false, null, null),
            tuple("r4", "failed", false, 0.75, "the disk is full"));
  }

  @Test
  void aFolderWithoutRunsIsNoWorkDirectory() {
    assertThatThrownBy(
            () -> WorkDirectory.withRuns(folder.resolve("none").toString(), new Configuration()))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageEndingWith("none holds no runs");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  private void assertFails(Optional<String> to, ExitCode exitCode, String message) {
    assertThatThrownBy(() -> new Rollback(workdir).run(to))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(exitCode))
        .hasMessage(message);
  }

  private Rollback.Result rollback(String... to) {
    return new Rollback(workdir).run(List.of(to).stream().findFirst());
  }

  private Champion champion() {
    return Champion.of(workdir).orElseThrow();
  }

  private void promote(String... runs) {
    for (String run : runs) {
      write(run, Status.PROMOTED, null);
      workdir.write("runs/" + run + "/models/classifier.mlmodel", new byte[1]);
      workdir.write("runs/" + run + "/models/knn.mlmodel", new byte[1]);
      Champion.promote(workdir, run);
    }
  }

  /** With models where they were before the work directory was moved. */
  private void write(String run, Status status, String error) {
    String models = "file:/elsewhere/runs/" + run + "/models/";
    workdir.write(
        "runs/" + run + "/run.json",
        new RunRecord(
            run,
            "2026-01-01T00:00:00Z",
            "",
            status,
            0,
            error,
            null,
            null,
            null,
            null,
            null,
            new EmitModel.Result(
                "sgd",
                0.75,
                List.of(models + "classifier.mlmodel", models + "knn.mlmodel"),
                "card",
                1,
                0,
                0,
                0,
                0,
                0,
                List.of()),
            new Gate("r1", List.of(new Condition("recall-drop", 1, 0, false, "too low"))),
            List.of(),
            Map.of(),
            Map.of()));
  }
}
