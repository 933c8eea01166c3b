package io.headgraft.run;

import io.headgraft.Json;
import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.KnnPipeline.VoteWeighting;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.ClassWeights;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LbfgsTrainer;
import io.headgraft.head.Setting;
import io.headgraft.head.SoftmaxLayer;
import io.headgraft.head.TrainingData;
import io.headgraft.head.TrainingSet;
import io.headgraft.head.UpdateRule;
import io.headgraft.head.Whitening;
import io.headgraft.personalization.DeviceOptions;
import io.headgraft.personalization.PhoneRecipe;
import io.headgraft.run.EmitOptions.Front.Form;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Models as a configuration emits them, of other photos: a head trained by L-BFGS at the penalty of
 * the head that ships, grafted as that is. Beside them what many apps ship, copied from examples.
 */
final class EmittedModels implements PhoneRecipe {

  private static final long serialVersionUID = 1;

  /**
   * The numbers of Core ML's own examples of updatable classifiers, which read raw features and
   * have rows of zeros for new labels.
   */
  private static final DeviceOptions COPIED =
      new DeviceOptions(new UpdateRule.Sgd(0), 0.001, 8, 10, true, 1);

  private static final Front RAW = features -> features;

  /**
   * As near to the minimum as it matters: on the digits, no harmonic mean as shipped differs by
   * more than 0.004 from that of 1e-5, which takes 1.9 to 2.6 times as many iterations.
   */
  private static final double TOLERANCE = 1e-3;

  /**
   * Iterations until then: 43 on the 8,275 rows of the digits, 65 on the 1,655 without variants.
   */
  private static final double ITERATIONS = 55;

  /** As JSON, for settings do not travel. */
  private final String configuration;

  private final double l2;

  /** Read once in each process. */
  private transient Settings settings;

  /**
   * As a head is emitted.
   *
   * @param head whose penalty the others have
   */
  EmittedModels(Settings settings, Head head) {
    this.configuration = Json.line(settings.toMap());
    this.l2 = ((Number) head.hyperparameters().get("l2")).doubleValue();
  }

  @SuppressWarnings("unchecked")
  private synchronized Settings settings() {
    if (settings == null) {
      byte[] json = configuration.getBytes(StandardCharsets.UTF_8);
      settings = Settings.of(Json.read(json, Map.class, "the configuration"));
    }
    return settings;
  }

  @Override
  public int placeholders(int labels) {
    return settings().emit().placeholders().count(labels);
  }

  @Override
  public int epochs() {
    return DeviceOptions.defaults(settings().emit().training()).epochs();
  }

  @Override
  public double work(int rows, int features, int labels) {
    double square = (double) features * features;
    // There and back, and as much for the inverse of what resembles the Hessian; half of a sum of
    // products, as it is symmetric; two factors, and what it takes to multiply by their inverses.
    return 2 * ITERATIONS * features * labels * (rows + features)
        + square * rows / 2
        + 4 * square * features;
  }

  @Override
  public Models models(List<String> labels, Examples photos) {
    EmitOptions emit = settings().emit();
    Head head = head(labels, photos, settings().heads());
    GraftFront layers = layers(head, photos, emit.front());
    List<String> widened = emit.placeholders().widened(labels);
    double silent =
        emit.placeholders()
            .bias(labels.size(), TrainingData.meanInverseSum(head.centered(), photos));
    GraftedHead trained = GraftedHead.trained(head, widened, layers, silent, emit.oldLabelRate());
    GraftedHead empty =
        GraftedHead.empty(head.standardization().mean().length, widened, layers, emit.seed());
    DeviceOptions shipped = DeviceOptions.defaults(emit.training());
    Front front = front(layers);
    return new Models(
        List.of(
            new Start("trained", "shipped", front, layers(trained.dense()), shipped),
            new Start("empty", "shipped", front, layers(empty.dense()), shipped),
            new Start("trained", "copied", RAW, layers(raw(head, trained)), COPIED),
            new Start("empty", "copied", RAW, layers(empty.dense()), COPIED)),
        new Neighbors(
            front,
            (int) emit.knn().settings().k().defaultValue(),
            emit.knn().settings().weighting() == VoteWeighting.UNIFORM,
            emit.knn().examples() / labels.size()));
  }

  private Head head(List<String> labels, Examples photos, HeadOptions options) {
    try (TrainingSet rows = TrainingSet.of(labels, photos, known(options.classWeights(), labels))) {
      return new LbfgsTrainer(options).train(rows, new Setting.Penalty(l2), TOLERANCE);
    }
  }

  /** Weights of labels that this model does not have are refused otherwise. */
  private static ClassWeights known(ClassWeights weights, List<String> labels) {
    if (!(weights instanceof ClassWeights.Explicit explicit)) {
      return weights;
    }
    Map<String, Double> kept = new TreeMap<>(explicit.weights());
    kept.keySet().retainAll(labels);
    return new ClassWeights.Explicit(kept);
  }

  private static GraftFront layers(Head head, Examples photos, EmitOptions.Front front) {
    return GraftFront.of(
        front.form(),
        head.standardization(),
        front.form() == Form.WHITEN
            ? Optional.of(
                Whitening.of(
                    photos, head.standardization(), head.labels().size(), front.shrinkage()))
            : Optional.empty());
  }

  private static Front front(GraftFront front) {
    return front.layer().map(EmittedModels::front).orElse(RAW);
  }

  /** A whitening is a layer of its own; its products are taken as those of the trained ones are. */
  private static Front front(Standardization layer) {
    Standardization plain = new Standardization(layer.mean(), layer.factor());
    Front standardized =
        features -> Arrays.stream(features).map(plain::apply).toArray(float[][]::new);
    return layer
        .whitening()
        .<Front>map(
            matrix ->
                features ->
                    floats(
                        SoftmaxLayer.logits(
                            matrix, new float[matrix.length], standardized.apply(features))))
        .orElse(standardized);
  }

  private static float[][] floats(double[][] rows) {
    float[][] floats = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      floats[i] = new float[rows[i].length];
      for (int j = 0; j < floats[i].length; j++) {
        floats[i][j] = (float) rows[i][j];
      }
    }
    return floats;
  }

  private static TrainableLayers layers(DenseHead head) {
    return new TrainableLayers(head, true, Optional.empty());
  }

  /** The same head for raw features, with placeholders of zeros. */
  private static DenseHead raw(Head trained, GraftedHead like) {
    List<String> labels = like.dense().labels();
    double[] mean = trained.standardization().mean();
    double[] factor = trained.standardization().factor();
    float[][] weights = new float[labels.size()][mean.length];
    float[] bias = new float[labels.size()];
    Head head = trained.centered();
    for (int label = 0; label < head.labels().size(); label++) {
      double shift = head.bias()[label];
      for (int i = 0; i < mean.length; i++) {
        double weight = head.weights()[label][i] * factor[i];
        weights[label][i] = (float) weight;
        shift -= weight * mean[i];
      }
      bias[label] = (float) shift;
    }
    return new DenseHead(labels, weights, bias);
  }
}
