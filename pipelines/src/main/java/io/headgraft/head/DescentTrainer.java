package io.headgraft.head;

import io.headgraft.HeadgraftException;
import io.headgraft.Sha256;
import io.headgraft.features.Progress;
import io.headgraft.features.ProgressListener;
import io.headgraft.head.DescentState.HeldOut;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A softmax layer by mini-batch gradient descent, with the update rule and the schedule that the
 * options name. The settings of a sweep are shared out among Spark's tasks, or, where the rows are
 * distributed, trained all at once on each partition.
 */
public final class DescentTrainer implements HeadTrainer<Setting.Descent> {

  private final String name;
  private final HeadOptions options;
  private final HeadOptions.Descent descent;
  private final JavaSparkContext spark;
  private final Checkpoints checkpoints;

  /**
   * What a training gave.
   *
   * @param heldOut logits of the held-out examples, at the best epoch
   */
  private record Outcome(
      int bestEpoch, List<CurvePoint> curve, double[][] heldOut, boolean diverged)
      implements Serializable {

    static Outcome of(DescentState state, HeldOut heldOut) {
      return new Outcome(
          state.bestEpoch(),
          state.curve(),
          state.best() == null
              ? new double[0][]
              : SoftmaxLayer.logits(state.best(), heldOut.features()),
          state.diverged());
    }

    double seconds() {
      return curve.isEmpty() ? 0 : curve.get(curve.size() - 1).seconds();
    }
  }

  /** Prepares training. */
  public DescentTrainer(
      String name,
      HeadOptions options,
      HeadOptions.Descent descent,
      JavaSparkContext spark,
      Checkpoints checkpoints) {
    this.name = name;
    this.options = options;
    this.descent = descent;
    this.spark = spark;
    this.checkpoints = checkpoints;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String how(TrainingSet data) {
    return data.where()
        + ", "
        + (data instanceof LocalTrainingSet
            ? "the settings side by side, shared out among Spark's tasks"
            : "all settings at once on each partition, averaged after each epoch");
  }

  @Override
  public Choice<Setting.Descent> choose(Folds folds, Progress progress) {
    try (ProgressListener listener = new ProgressListener(spark.sc(), fits(folds), progress)) {
      return choose(folds, listener);
    }
  }

  private int fits(Folds folds) {
    return (grid().size() + options.seeds() - 1) * folds.size();
  }

  private Choice<Setting.Descent> choose(Folds folds, ProgressListener listener) {
    long start = System.nanoTime();
    List<Setting.Descent> settings = grid();
    List<List<Outcome>> outcomes =
        run(
            folds,
            settings.stream().map(setting -> new Seeded(setting, options.seed())).toList(),
            listener);
    int best =
        IntStream.range(0, settings.size())
            .filter(i -> !diverged(outcomes, i))
            .boxed()
            .min(Comparator.comparingDouble(i -> scores(folds, outcomes, i).logLoss()))
            .orElseThrow(this::divergence);
    Setting.Descent chosen = settings.get(best);
    List<Choice.SeedTrial> seeds = new ArrayList<>();
    seeds.add(seedTrial(options.seed(), folds, outcomes, best));
    List<Seeded> others =
        LongStream.range(1, options.seeds())
            .mapToObj(i -> new Seeded(chosen, options.seed() + i))
            .toList();
    if (!others.isEmpty()) {
      List<List<Outcome>> again = run(folds, others, listener);
      for (int i = 0; i < others.size(); i++) {
        seeds.add(seedTrial(others.get(i).seed, folds, again, i));
      }
    }
    return new Choice<>(
        new Setting.Descent(chosen.learningRate(), chosen.l2(), epochs(outcomes, best)),
        IntStream.range(0, settings.size())
            .mapToObj(i -> trial(folds, settings.get(i), outcomes, i))
            .toList(),
        fits(folds),
        (System.nanoTime() - start) / 1e9,
        logits(outcomes, best),
        outcomes.get(0).get(best).curve(),
        seeds);
  }

  private static Choice.SeedTrial seedTrial(
      long seed, Folds folds, List<List<Outcome>> outcomes, int index) {
    Scores scores = diverged(outcomes, index) ? NONE : scores(folds, outcomes, index);
    return new Choice.SeedTrial(seed, scores.logLoss(), scores.accuracy());
  }

  /** A setting and the seed that it is trained with. */
  private record Seeded(Setting.Descent setting, long seed) {}

  private static final Scores NONE = new Scores(Double.NaN, Double.NaN);

  private List<Setting.Descent> grid() {
    return descent.learningRates().stream()
        .flatMap(
            rate ->
                descent.l2().stream().map(l2 -> new Setting.Descent(rate, l2, descent.epochs())))
        .toList();
  }

  /** What each setting gives, [fold][setting]. */
  private List<List<Outcome>> run(Folds folds, List<Seeded> settings, ProgressListener listener) {
    List<List<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < folds.size(); i++) {
      try (Fold fold = folds.get(i)) {
        HeldOut heldOut = new HeldOut(fold.heldOutFeatures(), fold.heldOut().labels());
        listener.begin(settings.size(), sparkTasks(fold.train(), settings.size()));
        outcomes.add(
            run(fold.train(), heldOut, settings).stream()
                .map(state -> Outcome.of(state, heldOut))
                .toList());
        listener.end();
      }
    }
    return outcomes;
  }

  /** As many as run at the same time, or of distributed rows a partition and epoch each. */
  private int sparkTasks(TrainingSet data, int settings) {
    return data instanceof DistributedTrainingSet distributed
        ? distributed.chunks().getNumPartitions() * descent.epochs()
        : Math.min(settings, spark.defaultParallelism());
  }

  private static List<DescentTask> list(Iterator<DescentTask> tasks) {
    List<DescentTask> list = new ArrayList<>();
    tasks.forEachRemaining(list::add);
    return list;
  }

  private List<DescentState> run(TrainingSet data, HeldOut heldOut, List<Seeded> settings) {
    int labels = data.labels().size();
    String digest = digest(data, heldOut);
    List<DescentTask> tasks =
        settings.stream()
            .map(
                seeded ->
                    new DescentTask(
                        seeded.setting,
                        descent,
                        seeded.seed,
                        options.checkpointEpochs(),
                        checkpoints,
                        digest))
            .toList();
    if (data instanceof DistributedTrainingSet distributed) {
      return new DistributedDescent(distributed, heldOut).run(tasks);
    }
    Rows rows = ((LocalTrainingSet) data).rows();
    if (tasks.size() == 1) {
      return DescentTask.run(tasks, rows, labels, heldOut);
    }
    Broadcast<Rows> broadcast = spark.broadcast(rows);
    try {
      return spark
          .parallelize(tasks, sparkTasks(data, tasks.size()))
          .mapPartitions(
              some -> DescentTask.run(list(some), broadcast.value(), labels, heldOut).iterator())
          .collect();
    } finally {
      broadcast.destroy();
    }
  }

  private static String digest(TrainingSet data, HeldOut heldOut) {
    MessageDigest digest = Sha256.begin();
    if (data instanceof LocalTrainingSet local) {
      local.rows().update(digest);
    } else {
      ((DistributedTrainingSet) data)
          .chunks().map(DescentTrainer::digest).collect().stream().forEach(digest::update);
    }
    float[] weights = new float[heldOut.labels().length];
    new Rows(heldOut.features(), heldOut.labels(), weights).update(digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] digest(Rows rows) {
    MessageDigest digest = Sha256.begin();
    rows.update(digest);
    return digest.digest();
  }

  private static boolean diverged(List<List<Outcome>> outcomes, int setting) {
    return outcomes.stream().anyMatch(fold -> fold.get(setting).diverged());
  }

  private static double[][] logits(List<List<Outcome>> outcomes, int setting) {
    return outcomes.stream()
        .flatMap(fold -> Arrays.stream(fold.get(setting).heldOut()))
        .toArray(double[][]::new);
  }

  private static Scores scores(Folds folds, List<List<Outcome>> outcomes, int setting) {
    return Scores.of(folds.labels(), logits(outcomes, setting));
  }

  /** The median over the folds. */
  private static int epochs(List<List<Outcome>> outcomes, int setting) {
    int[] epochs = outcomes.stream().mapToInt(fold -> fold.get(setting).bestEpoch()).toArray();
    Arrays.sort(epochs);
    return epochs[epochs.length / 2];
  }

  private static Trial trial(
      Folds folds, Setting.Descent setting, List<List<Outcome>> outcomes, int index) {
    boolean diverged = diverged(outcomes, index);
    Scores scores = diverged ? NONE : scores(folds, outcomes, index);
    int epochs = diverged ? setting.epochs() : epochs(outcomes, index);
    return new Trial(
        new Setting.Descent(setting.learningRate(), setting.l2(), epochs).toMap(),
        scores.logLoss(),
        scores.accuracy(),
        outcomes.stream().mapToDouble(fold -> fold.get(index).seconds()).sum());
  }

  private HeadgraftException divergence() {
    return HeadgraftException.usage(
        "%s diverged at every learning rate: lower head.%s.learning-rates, which are %s"
            .formatted(name, name, descent.learningRates()));
  }

  @Override
  public Head train(TrainingSet data, Setting.Descent setting) {
    long start = System.nanoTime();
    DescentState state =
        run(data, HeldOut.NONE, List.of(new Seeded(setting, options.seed()))).get(0);
    if (state.diverged()) {
      throw HeadgraftException.usage(
          "%s diverged: lower head.%s.learning-rates, of which %s was chosen"
              .formatted(name, name, setting.learningRate()));
    }
    Map<String, Object> hyperparameters = new LinkedHashMap<>(setting.toMap());
    hyperparameters.put("mini-batch-size", descent.miniBatchSize());
    hyperparameters.put("schedule", descent.schedule().text());
    hyperparameters.putAll(descent.rule().toMap());
    hyperparameters.put("seed", options.seed());
    return new Head(
        name,
        data.labels(),
        data.standardization(),
        Arrays.stream(state.layer().weights())
            .map(DescentTrainer::doubles)
            .toArray(double[][]::new),
        doubles(state.layer().bias()),
        hyperparameters,
        (System.nanoTime() - start) / 1e9);
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
