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
import java.util.Optional;

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
    // A champion whose run was cleared away is live all the same, but there is nothing to compare.
    Optional<ShippedRun> champion =
        Champion.of(workdir).flatMap(now -> ShippedRun.of(workdir, now.run()));
    Optional<ShippedRun> previous =
        workdir.list("runs").stream()
            .sorted(Comparator.reverseOrder())
            .map(run -> ShippedRun.of(workdir, run))
            .flatMap(Optional::stream)
            .findFirst();
    boolean same = previous.map(ShippedRun::run).equals(champion.map(ShippedRun::run));
    previous.ifPresent(
        run ->
            earlier.add(
                compare(
                    same ? "champion, which is the previous run" : "previous run",
                    run,
                    shipped,
                    today)));
    champion
        .filter(run -> !same)
        .ifPresent(run -> earlier.add(compare("champion", run, shipped, today)));
    return earlier;
  }

  private EarlierRun compare(String role, ShippedRun earlier, String shipped, Predictions today) {
    String run = earlier.run();
    String name = earlier.head();
    Metrics reported =
        workdir
            .read(earlier.file("report.json"), Report.class)
            .head(name)
            .map(HeadReport::test)
            .orElse(null);
    Optional<Head> head =
        earlier.headOn(pipeline).filter(there -> today != null && there.labels().equals(labels));
    if (head.isEmpty()) {
      return new EarlierRun(role, run, name, reported, null, null);
    }
    Predictions then = Predictions.of(head.get(), test);
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
