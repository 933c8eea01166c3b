package io.headgraft.run;

import io.headgraft.dataset.LabelledImage;
import io.headgraft.evaluation.Comparisons;
import io.headgraft.head.Examples;
import io.headgraft.head.Predictions;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Decides whether a run's models go live: they do if they are not worse than the champion's on the
 * same photos, today's test split. What could not be measured is never passed over in silence: it
 * is the condition {@code champion-comparable}.
 */
public final class PromotionGate {

  private final SparkSession spark;
  private final WorkDirectory workdir;
  private final GateOptions options;
  private final Comparisons.Options comparisons;

  /**
   * The run that wants to go live.
   *
   * @param trained its head
   * @param backboneTrained whether its backbone has learnt anything
   * @param models what its models had to meet by themselves
   * @param report of the run, with its forecast, if it has one
   * @param test today's test photos, which may be none
   * @param images of today's data set
   */
  public record Challenger(
      TrainedHead trained,
      boolean backboneTrained,
      List<Condition> models,
      Report report,
      Examples test,
      List<LabelledImage> images) {}

  /** Prepares a decision. */
  public PromotionGate(SparkSession spark, WorkDirectory workdir, Settings settings) {
    this.spark = spark;
    this.workdir = workdir;
    this.options = settings.gate();
    this.comparisons = settings.report().comparisons();
  }

  /** All conditions, each with its figure. */
  public Gate decide(Challenger challenger) {
    List<Condition> conditions = new ArrayList<>(challenger.models());
    Optional<Champion> champion = Champion.of(workdir);
    if (champion.isEmpty()) {
      conditions.add(
          new Condition(
              "champion-comparable", 0, 0, true, "there is no champion yet to be worse than"));
      return new Gate(null, conditions);
    }
    String run = champion.get().run();
    Optional<ShippedRun> shipped = ShippedRun.of(workdir, run);
    conditions.add(backbone(challenger, shipped));
    ChampionAnswers.Result found = measure(challenger, run, shipped);
    conditions.add(comparable(found, run));
    found
        .answers()
        .map(answers -> challenge(challenger, answers))
        .ifPresent(each -> conditions.addAll(each.conditions(options, comparisons)));
    new ForecastChallenge(
            challenger.report(),
            workdir.find("runs/" + run + "/report.json", Report.class),
            options.personalizationMargin())
        .condition()
        .ifPresent(conditions::add);
    return new Gate(run, conditions);
  }

  /** A demo without a network must not put random weights in the place of a good model. */
  private static Condition backbone(Challenger challenger, Optional<ShippedRun> champion) {
    // Of a champion that is gone the better is supposed.
    boolean needed = champion.map(shipped -> shipped.record().backbone().trained()).orElse(true);
    boolean there = challenger.backboneTrained();
    return new Condition(
        "backbone-trained",
        there ? 1 : 0,
        needed ? 1 : 0,
        there || !needed,
        there
            ? "the backbone is trained"
            : needed
                ? "models of an untrained backbone do not replace those of a trained one"
                : "the backbone is untrained, as the champion's is");
  }

  private ChampionAnswers.Result measure(
      Challenger challenger, String run, Optional<ShippedRun> champion) {
    if (challenger.test().size() == 0) {
      return ChampionAnswers.Result.none("today's data set has no test photo to measure it on");
    }
    if (champion.isEmpty()) {
      return ChampionAnswers.Result.none(
          "%s does not hold its record any more".formatted(workdir.uri("runs/" + run)));
    }
    return new ChampionAnswers(
            spark, champion.get(), challenger.trained().head().labels(), challenger.test())
        .on(challenger.trained().pipeline(), challenger.images());
  }

  private Condition comparable(ChampionAnswers.Result found, String run) {
    boolean measured = found.answers().isPresent();
    int needed = options.promoteUnmeasured() ? 0 : 1;
    return new Condition(
        "champion-comparable",
        measured ? 1 : 0,
        needed,
        measured || needed == 0,
        "champion %s: %s%s"
            .formatted(
                run,
                found.how(),
                measured
                    ? ""
                    : "; gate.unmeasured decides, here: " + (needed == 0 ? "promote" : "keep")));
  }

  private static Challenge challenge(Challenger challenger, Answers champion) {
    List<String> labels = challenger.trained().head().labels();
    Examples test = challenger.test();
    double[][] probabilities = Predictions.of(challenger.trained().head(), test).probabilities();
    return new Challenge(
        labels,
        test.labels(),
        test.groups(),
        Answers.of(labels, probabilities, labels, test.labels()),
        champion);
  }
}
