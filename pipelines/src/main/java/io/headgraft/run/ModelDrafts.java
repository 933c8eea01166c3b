package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.FeatureLayers;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.HalfPrecision;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.ModelMetadata;
import io.headgraft.coreml.PlainClassifier;
import io.headgraft.coreml.UpdatableClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Head;
import io.headgraft.run.EmitOptions.Front.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Builds the models that a run ships. */
final class ModelDrafts {

  private final Backbone backbone;
  private final EmitOptions options;

  ModelDrafts(Backbone backbone, EmitOptions options) {
    this.backbone = backbone;
    this.options = options;
  }

  /**
   * Refuses what can be known to go wrong before there is a head.
   *
   * @throws HeadgraftException (exit code 2)
   */
  void requirePossible(List<String> realLabels) {
    List<String> labels = options.placeholders().widened(realLabels);
    DenseHead blank = new DenseHead(labels, new float[labels.size()][1], new float[labels.size()]);
    trainable(
        PlainClassifier.build(
            layers(Optional.empty()), blank, new ModelMetadata("", "", "", "", Map.of())));
  }

  ModelDraft of(ModelVariant variant, EmitModel.Input input) {
    ModelDraft draft =
        switch (variant) {
          case CLASSIFIER, PLAIN -> trained(variant, input);
          case EMPTY -> empty(input);
          case KNN -> neighbours(input);
        };
    return options.storage().halfPrecision()
        ? new ModelDraft(variant, HalfPrecision.of(draft.model()), draft.labels(), draft.expected())
        : draft;
  }

  /** Held against the head itself, not against what was made of it. */
  private ModelDraft trained(ModelVariant variant, EmitModel.Input input) {
    boolean trains = variant != ModelVariant.PLAIN;
    Head head = input.trained().head();
    double silent = options.placeholders().bias(head.labels().size(), input.meanInverseSum());
    GraftedHead grafted =
        GraftedHead.trained(
            head,
            options.placeholders().widened(head.labels()),
            GraftFront.of(trains ? options.front().form() : untrained(), input),
            silent,
            trains ? options.oldLabelRate() : 1);
    Model plain = plain(grafted, metadata(variant, input, 0));
    Head centered = head.centered();
    return new ModelDraft(
        variant,
        trains ? trainable(plain) : plain,
        grafted.dense().labels(),
        expected(
            input,
            feature -> widened(centered.logits(feature), grafted.dense().outputs(), silent)));
  }

  /** What nobody trains needs no whitening. */
  private Form untrained() {
    return options.front().form() == Form.FOLDED ? Form.FOLDED : Form.LAYER;
  }

  private static double[] widened(double[] logits, int labels, double placeholder) {
    double[] all = Arrays.copyOf(logits, labels);
    Arrays.fill(all, logits.length, labels, placeholder);
    return Probabilities.softmax(all);
  }

  private ModelDraft empty(EmitModel.Input input) {
    Head head = input.trained().head();
    GraftedHead empty =
        GraftedHead.empty(
            head.standardization().mean().length,
            options.placeholders().widened(head.labels()),
            GraftFront.of(options.front().form(), input),
            options.seed());
    return new ModelDraft(
        ModelVariant.EMPTY,
        trainable(plain(empty, metadata(ModelVariant.EMPTY, input, 0))),
        empty.dense().labels(),
        expected(input, empty::probabilities));
  }

  private ModelDraft neighbours(EmitModel.Input input) {
    Head head = input.trained().head();
    Optional<Standardization> front = GraftFront.of(options.front().form(), input).layer();
    GraftedNeighbours neighbours =
        GraftedNeighbours.of(options.knn().settings(), input.neighbours(), head.labels(), front);
    Model model =
        KnnPipeline.build(
            layers(front),
            head.standardization().mean().length,
            neighbours.settings(),
            neighbours.examples(),
            metadata(ModelVariant.KNN, input, neighbours.examples().size()));
    return new ModelDraft(
        ModelVariant.KNN, model, neighbours.labels(), expected(input, neighbours::probabilities));
  }

  private static List<double[]> expected(EmitModel.Input input, Function<float[], double[]> head) {
    return input.images().stream().map(EmitModel.CheckImage::feature).map(head).toList();
  }

  private FeatureLayers layers(Optional<Standardization> front) {
    return new FeatureLayers(backbone.model(), backbone.featureLayer(), front);
  }

  private Model plain(GraftedHead head, ModelMetadata metadata) {
    return PlainClassifier.build(layers(head.front()), head.dense(), metadata);
  }

  private Model trainable(Model plain) {
    Model trainable;
    try {
      trainable = UpdatableClassifier.of(plain, options.training());
    } catch (IllegalArgumentException e) {
      throw HeadgraftException.usage("emit.training.layers cannot be had: " + e.getMessage());
    }
    if (!options.training().layers().contains(PlainClassifier.HEAD)) {
      throw HeadgraftException.usage(
          "emit.training.layers is %s without %s, whose biases silence the placeholders: no photo could ever win them back"
              .formatted(options.training().layers(), PlainClassifier.HEAD));
    }
    return trainable;
  }

  private ModelMetadata metadata(ModelVariant variant, EmitModel.Input input, int examples) {
    EmitOptions.Metadata own = options.metadata();
    return new ModelMetadata(
        own.author(),
        own.license(),
        own.version().isEmpty() ? input.trained().run() : own.version(),
        own.description().isEmpty() ? variant.description() : own.description(),
        ModelProvenance.of(variant, input, backbone, examples));
  }
}
