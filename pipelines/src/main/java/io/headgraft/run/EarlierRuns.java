package io.headgraft.run;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Comparisons;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Predictions;
import io.headgraft.report.Report;
import io.headgraft.report.Report.EarlierRun;
import io.headgraft.report.Report.HeadReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The previous run and the champion, measured again on today's test split where that is possible.
 */
public final class EarlierRuns {

  private final WorkDirectory workdir;
  private final String pipeline;
  private final List<String> labels;
  private final Examples test;
  private final ReportOptions options;

  /**
   * Prepares a comparison.
   *
   * @param pipeline the fingerprint of what makes today's features
   * @param labels of today's data set
   */
  public EarlierRuns(
      WorkDirectory workdir,
      String pipeline,
      List<String> labels,
      Examples test,
      ReportOptions options) {
    this.workdir = workdir;
    this.pipeline = pipeline;
    this.labels = labels;
    this.test = test;
    this.options = options;
  }

  /**
   * The newest run that emitted a head, and the champion, if it is another.
   *
   * @param shipped today's best head
   * @param today what it says of the test split; null if there is none
   */
  public List<EarlierRun> compare(String shipped, Predictions today) {
    List<EarlierRun> earlier = new ArrayList<>();
    String champion =
        workdir.exists("champion.json")
            ? workdir.read("champion.json", Champion.class).run()
            : null;
    String previous =
        workdir.list("runs").stream()
            .sorted(Comparator.reverseOrder())
            .filter(this::hasShipped)
            .findFirst()
            .orElse(null);
    if (previous != null) {
      earlier.add(
          compare(
              previous.equals(champion) ? "champion, which is the previous run" : "previous run",
              previous,
              shipped,
              today));
    }
    // A champion whose run was cleared away is live all the same, but there is nothing to compare.
    if (champion != null && !champion.equals(previous) && hasShipped(champion)) {
      earlier.add(compare("champion", champion, shipped, today));
    }
    return earlier;
  }

  /** A run that failed has a record too, but no models to tell of. */
  private boolean hasShipped(String run) {
    return workdir.exists("runs/" + run + "/run.json") && record(run).emit() != null;
  }

  private RunRecord record(String run) {
    return workdir.read("runs/" + run + "/run.json", RunRecord.class);
  }

  private EarlierRun compare(String role, String run, String shipped, Predictions today) {
    String name = record(run).emit().head();
    Metrics reported =
        workdir
            .read("runs/" + run + "/report.json", Report.class)
            .head(name)
            .map(HeadReport::test)
            .orElse(null);
    TrainedHead trained =
        workdir.read("runs/" + run + "/heads/" + name + ".json", TrainedHead.class);
    if (today == null
        || !trained.pipeline().equals(pipeline)
        || !trained.head().labels().equals(labels)) {
      return new EarlierRun(role, run, name, reported, null, null);
    }
    Head head = trained.head();
    Predictions then = Predictions.of(head, test);
    return new EarlierRun(
        role,
        run,
        name,
        reported,
        then.metrics(labels),
        comparison(shipped, today, name + " of " + run, then));
  }

  private Comparison comparison(String a, Predictions today, String b, Predictions then) {
    return new Comparisons("test", test.labels(), test.groups())
        .of(List.of(today.named(a), then.named(b)), options.comparisons())
        .get(0);
  }
}
