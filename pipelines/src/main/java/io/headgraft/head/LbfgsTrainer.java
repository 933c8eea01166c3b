package io.headgraft.head;

import io.headgraft.features.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Multinomial logistic regression by L-BFGS: the reference, since it goes to the minimum of the
 * convex objective. Rows that fit into memory are trained on in this process, others by Spark
 * MLlib.
 */
public final class LbfgsTrainer implements HeadTrainer<Setting.Penalty> {

  private final HeadOptions options;

  /** A sweep in progress: what each penalty gave in each fold. */
  private final class Sweep {

    private final Folds folds;
    private final Progress progress;

    /** The heads of a fold, by penalty. */
    private final List<Map<Double, Head>> heads = new ArrayList<>();

    private final Map<Double, double[][]> heldOut = new HashMap<>();
    private final List<Trial> trials = new ArrayList<>();
    private int fits;

    Sweep(Folds folds, Progress progress) {
      this.folds = folds;
      this.progress = progress;
      for (int i = 0; i < folds.size(); i++) {
        heads.add(new HashMap<>());
      }
    }

    /** Tries penalties, the strongest first: the next minimum is not far from it. */
    void run(List<Double> penalties) {
      List<Double> descending = penalties.stream().sorted(Comparator.reverseOrder()).toList();
      Map<Double, Double> seconds = new HashMap<>();
      Map<Double, List<double[]>> logits = new HashMap<>();
      for (int i = 0; i < folds.size(); i++) {
        try (Fold fold = folds.get(i)) {
          Objective objective = Objective.toMinimize(fold.train(), 0);
          for (double l2 : descending) {
            Head head =
                fit(
                    fold.train(),
                    objective.withPenalty(l2),
                    warmStart(heads.get(i), l2),
                    options.lbfgs().sweepTolerance(),
                    NOBODY);
            heads.get(i).put(l2, head);
            seconds.merge(l2, head.seconds(), Double::sum);
            Stream.of(fold.heldOut().features())
                .map(head::logits)
                .forEach(logits.computeIfAbsent(l2, unused -> new ArrayList<>())::add);
            fits++;
            progress.update(fits, (long) folds.size() * penalties());
          }
        }
      }
      for (double l2 : descending) {
        heldOut.put(l2, logits.get(l2).toArray(double[][]::new));
        Scores scores = Scores.of(folds.labels(), heldOut.get(l2));
        trials.add(
            new Trial(
                new Setting.Penalty(l2).toMap(),
                scores.logLoss(),
                scores.accuracy(),
                seconds.get(l2)));
      }
    }

    /** The head at the nearest penalty. */
    private Head warmStart(Map<Double, Head> known, double l2) {
      return known.keySet().stream()
          .min(Comparator.comparingDouble(other -> Math.abs(Math.log(other / l2))))
          .map(known::get)
          .orElse(null);
    }

    /** Of equally good ones the strongest. */
    double best() {
      return heldOut.keySet().stream()
          .sorted(Comparator.reverseOrder())
          .min(
              Comparator.comparingDouble(
                  l2 -> Scores.of(folds.labels(), heldOut.get(l2)).logLoss()))
          .orElseThrow();
    }
  }

  private static final Lbfgs.Listener NOBODY = (number, value, parameters) -> {};

  /** Prepares training. */
  public LbfgsTrainer(HeadOptions options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "lbfgs";
  }

  @Override
  public String how(TrainingSet data) {
    return data.where() + (data instanceof LocalTrainingSet ? "" : ", by Spark MLlib");
  }

  @Override
  public Choice<Setting.Penalty> choose(Folds folds, Progress progress) {
    long start = System.nanoTime();
    Sweep sweep = new Sweep(folds, progress);
    sweep.run(options.lbfgs().l2());
    sweep.run(refined(sweep.best()));
    double best = sweep.best();
    List<CurvePoint> curve = curve(folds, best);
    sweep.trials.sort(Comparator.comparing(trial -> (Double) trial.hyperparameters().get("l2")));
    return new Choice<>(
        new Setting.Penalty(best),
        List.copyOf(sweep.trials),
        sweep.fits + (curve.isEmpty() ? 0 : 1),
        (System.nanoTime() - start) / 1e9,
        sweep.heldOut.get(best),
        curve,
        List.of());
  }

  /** How many are tried; a grid of one has no neighbours to refine towards. */
  private int penalties() {
    int grid = options.lbfgs().l2().size();
    return grid == 1 ? 1 : grid + options.lbfgs().refinements();
  }

  /** Penalties at equal ratios between the best of the grid and its neighbours there. */
  private List<Double> refined(double best) {
    List<Double> grid = options.lbfgs().l2();
    int at = grid.indexOf(best);
    List<Double> refined = new ArrayList<>();
    if (grid.size() == 1) {
      return List.of();
    }
    int below =
        at == 0
            ? 0
            : at == grid.size() - 1
                ? options.lbfgs().refinements()
                : options.lbfgs().refinements() / 2;
    int above = options.lbfgs().refinements() - below;
    for (int i = 1; i <= below; i++) {
      refined.add(between(best, grid.get(at - 1), (double) i / (below + 1)));
    }
    for (int i = 1; i <= above; i++) {
      refined.add(between(best, grid.get(at + 1), (double) i / (above + 1)));
    }
    return refined;
  }

  private static double between(double from, double to, double share) {
    return from * StrictMath.pow(to / from, share);
  }

  /** From nothing, as the other heads' curves are. */
  private List<CurvePoint> curve(Folds folds, double l2) {
    try (Fold fold = folds.get(0)) {
      if (!(fold.train() instanceof LocalTrainingSet)) {
        return List.of();
      }
      List<CurvePoint> curve = new ArrayList<>();
      Objective objective = Objective.toMinimize(fold.train(), l2);
      long start = System.nanoTime();
      fit(
          fold.train(),
          objective,
          null,
          options.lbfgs().sweepTolerance(),
          (number, value, parameters) -> {
            double seconds = (System.nanoTime() - start) / 1e9;
            Head head = head(fold.train(), objective, parameters, Map.of(), seconds);
            Scores scores =
                Scores.of(
                    fold.heldOut().labels(),
                    Stream.of(fold.heldOut().features())
                        .map(head::logits)
                        .toArray(double[][]::new));
            curve.add(
                new CurvePoint(
                    number,
                    seconds,
                    objective.loss(value, parameters),
                    Double.NaN,
                    scores.logLoss(),
                    scores.accuracy()));
          });
      return List.copyOf(curve);
    }
  }

  @Override
  public Head train(TrainingSet data, Setting.Penalty setting) {
    return train(data, setting, options.lbfgs().tolerance());
  }

  @Override
  public Head trainAsTried(TrainingSet data, Setting.Penalty setting) {
    return train(data, setting, options.lbfgs().sweepTolerance());
  }

  /**
   * Goes as near to the minimum as need be.
   *
   * @param tolerance relative change of the objective at which it is near enough
   */
  public Head train(TrainingSet data, Setting.Penalty setting, double tolerance) {
    return fit(data, Objective.toMinimize(data, setting.l2()), null, tolerance, NOBODY);
  }

  /** Where the objective has its minimum, from the neighbourhood of a head. */
  public Head train(TrainingSet data, Setting.Penalty setting, Head start) {
    return fit(
        data, Objective.toMinimize(data, setting.l2()), start, options.lbfgs().tolerance(), NOBODY);
  }

  private Head fit(
      TrainingSet data,
      Objective objective,
      Head start,
      double tolerance,
      Lbfgs.Listener listener) {
    long begin = System.nanoTime();
    Lbfgs.Limits limits = new Lbfgs.Limits(options.lbfgs().maxIterations(), tolerance);
    double[] from = start == null ? objective.zeros() : Objective.parameters(start);
    Lbfgs.Minimum minimum =
        data instanceof DistributedTrainingSet distributed
            ? MllibRegression.minimize(distributed.chunks(), objective, limits)
            : Lbfgs.minimize(objective, from, limits, listener);
    Map<String, Object> hyperparameters = new LinkedHashMap<>();
    hyperparameters.put("l2", objective.l2());
    hyperparameters.put("tolerance", tolerance);
    hyperparameters.put("iterations", minimum.iterations());
    hyperparameters.put("gradient-norm", minimum.gradientNorm());
    return head(
        data, objective, minimum.parameters(), hyperparameters, (System.nanoTime() - begin) / 1e9);
  }

  private Head head(
      TrainingSet data,
      Objective objective,
      double[] parameters,
      Map<String, Object> hyperparameters,
      double seconds) {
    return new Head(
        name(),
        data.labels(),
        data.standardization(),
        objective.weights(parameters),
        objective.bias(parameters),
        hyperparameters,
        seconds);
  }
}
