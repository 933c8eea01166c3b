package io.headgraft.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.KnnPipeline.VoteWeighting;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.coreml.WholeHyperparameter.Allowed;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code emit.*}. */
final class EmitSettings {

  private static final String NONE = "none";
  private static final String AUTO = "auto";
  private static final String TRAINING = "emit.training.";
  private static final String NEIGHBOURS = "emit.knn.k";

  /** The format's whole numbers go further, phones' do not. */
  private static final long MOST = Integer.MAX_VALUE;

  private final Settings settings;

  EmitSettings(Settings settings) {
    this.settings = settings;
  }

  EmitOptions options() {
    return new EmitOptions(
        settings.oneOf("emit.head", List.of("best", "lbfgs", "sgd", "adam")),
        models(),
        front(),
        settings.number("emit.old-label-rate", 1e-6, 1),
        placeholders(),
        settings.integer("emit.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        settings.number("emit.max-probability-difference", Double.MIN_NORMAL, 1),
        new EmitOptions.Storage(
            flag("emit.half-precision"),
            settings.number("emit.max-half-precision-difference", Double.MIN_NORMAL, 1),
            flag("emit.packages")),
        new EmitOptions.Metadata(
            settings.text("emit.metadata.author"),
            settings.text("emit.metadata.license"),
            settings.text("emit.metadata.version"),
            settings.text("emit.metadata.description")),
        training(),
        neighbours());
  }

  private EmitOptions.Front front() {
    String form = settings.oneOf("emit.standardize", List.of("whiten", "layer", "folded"));
    return new EmitOptions.Front(
        EmitOptions.Front.Form.valueOf(form.toUpperCase(Locale.ROOT)),
        settings.number("emit.whitening.shrinkage", 1e-3, 1));
  }

  private List<ModelVariant> models() {
    List<String> known = Arrays.stream(ModelVariant.values()).map(ModelVariant::text).toList();
    List<String> names = settings.texts("emit.models");
    if (names.isEmpty()
        || names.stream().distinct().count() < names.size()
        || !known.containsAll(names)) {
      throw settings.outOfRange(
          "emit.models",
          names.toString(),
          "one or more of %s, each once".formatted(String.join(", ", known)));
    }
    return Arrays.stream(ModelVariant.values())
        .filter(variant -> names.contains(variant.text()))
        .toList();
  }

  private PlaceholderOptions placeholders() {
    return new PlaceholderOptions(
        (int) settings.integer("emit.classes", 2, 10_000),
        (int) settings.integer("emit.placeholders", 0, 10_000),
        placeholderNames(),
        settings.number("emit.placeholder-probability", Double.MIN_NORMAL, 0.01),
        placeholderBias(),
        settings.number("emit.max-placeholder-probability", Double.MIN_NORMAL, 1));
  }

  private PlaceholderOptions.Names placeholderNames() {
    String key = "emit.placeholder-names";
    if (settings.value(key).valueType() != ConfigValueType.LIST) {
      return new PlaceholderOptions.Names.Numbered(normalized(name(key, settings.text(key))));
    }
    List<String> names =
        settings.texts(key).stream().map(each -> normalized(name(key, each))).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw settings.outOfRange(key, names.toString(), "different names");
    }
    return new PlaceholderOptions.Names.Listed(names);
  }

  private String name(String key, String name) {
    if (name.isBlank()) {
      throw settings.outOfRange(key, "\"" + name + "\"", "a name, or a list of names");
    }
    return name;
  }

  /** Labels are compared in this form. */
  private static String normalized(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private OptionalDouble placeholderBias() {
    String key = "emit.placeholder-bias";
    if (AUTO.equals(settings.value(key).unwrapped())) {
      return OptionalDouble.empty();
    }
    double bias = settings.typed(key, Config::getDouble, "auto, or a number");
    if (!Float.isFinite((float) bias)) {
      throw settings.outOfRange(key, String.valueOf(bias), "auto, or a number");
    }
    return OptionalDouble.of(bias);
  }

  private OnDeviceTraining training() {
    return Settings.checked(
        () ->
            new OnDeviceTraining(
                layers(),
                optimizer(),
                whole(TRAINING + "epochs", 1),
                flag(TRAINING + "shuffle"),
                seed()));
  }

  private List<String> layers() {
    List<String> layers = settings.texts(TRAINING + "layers");
    if (layers.isEmpty() || layers.stream().distinct().count() < layers.size()) {
      throw settings.outOfRange(
          TRAINING + "layers", layers.toString(), "one or more layers, each once");
    }
    return layers;
  }

  /** Both are read, so that a bad value is told whichever is used. */
  private OnDeviceOptimizer optimizer() {
    DoubleHyperparameter learningRate = real("learning-rate", Double.MIN_NORMAL, 1000);
    WholeHyperparameter miniBatchSize = whole(TRAINING + "mini-batch-size", 1);
    OnDeviceOptimizer sgd =
        new OnDeviceOptimizer.Sgd(learningRate, miniBatchSize, real("momentum", 0, 1));
    OnDeviceOptimizer adam =
        new OnDeviceOptimizer.Adam(
            learningRate,
            miniBatchSize,
            real("beta1", 0, 1),
            real("beta2", 0, 1),
            real("eps", 0, 1));
    return settings.oneOf(TRAINING + "optimizer", List.of("sgd", "adam")).equals("sgd")
        ? sgd
        : adam;
  }

  /** A default and a range. */
  private DoubleHyperparameter real(String name, double least, double most) {
    String key = TRAINING + name;
    List<Double> range = settings.typed(key + ".range", Config::getDoubleList, "two numbers");
    if (range.size() != 2
        || !(range.get(0) >= 0 && range.get(0) <= range.get(1) && range.get(1) <= most)) {
      throw settings.outOfRange(
          key + ".range", range.toString(), "two numbers, the smaller first, within 0 to " + most);
    }
    return new DoubleHyperparameter(
        settings.number(key + ".default", Math.max(least, range.get(0)), range.get(1)),
        range.get(0),
        range.get(1));
  }

  /** A default, and the values that are allowed. */
  private WholeHyperparameter whole(String key, long least) {
    return whole(
        key + ".default",
        allowed(key, least)
            .orElseThrow(
                () ->
                    settings.outOfRange(
                        key + ".set", "none", "a list of whole numbers, where there is no range")));
  }

  /** Of a set and a range the one that the reference leaves out, if that is given. */
  private Optional<Allowed> allowed(String key, long least) {
    Optional<Allowed> set =
        given(key + ".set") ? Optional.of(values(key + ".set", least)) : Optional.empty();
    Optional<Allowed> range =
        given(key + ".range") ? Optional.of(range(key + ".range", least)) : Optional.empty();
    return key.equals(NEIGHBOURS) ? set.or(() -> range) : range.or(() -> set);
  }

  private boolean given(String key) {
    return !NONE.equals(settings.value(key).unwrapped());
  }

  private WholeHyperparameter whole(String key, Allowed allowed) {
    long value = settings.integer(key, Long.MIN_VALUE, Long.MAX_VALUE);
    if (!allowed.contains(value)) {
      throw settings.outOfRange(key, String.valueOf(value), allowed.toString());
    }
    return new WholeHyperparameter(value, allowed);
  }

  private Allowed values(String key, long least) {
    List<Long> values = wholes(key, least, "a list of whole numbers");
    if (values.isEmpty()) {
      throw settings.outOfRange(key, "[]", "at least one whole number");
    }
    return new Allowed.Values(values.stream().distinct().sorted().toList());
  }

  private Allowed range(String key, long least) {
    List<Long> range = wholes(key, least, "two whole numbers, or none");
    if (range.size() != 2 || range.get(0) > range.get(1)) {
      throw settings.outOfRange(
          key, range.toString(), "two whole numbers, the smaller first, or none");
    }
    return new Allowed.Range(range.get(0), range.get(1));
  }

  private List<Long> wholes(String key, long least, String type) {
    List<Number> numbers = settings.typed(key, Config::getNumberList, type);
    for (Number number : numbers) {
      double value = number.doubleValue();
      if (value != Math.rint(value) || value < least || value > MOST) {
        throw settings.outOfRange(
            key, String.valueOf(number), "whole numbers of %d to %d".formatted(least, MOST));
      }
    }
    return numbers.stream().map(Number::longValue).toList();
  }

  /** Without a default there is no seed; without a set or a range, no other one is allowed. */
  private Optional<WholeHyperparameter> seed() {
    String key = TRAINING + "seed";
    Optional<Allowed> allowed = allowed(key, 0);
    if (given(key + ".default")) {
      long seed = settings.integer(key + ".default", 0, MOST);
      return Optional.of(
          whole(key + ".default", allowed.orElse(new Allowed.Values(List.of(seed)))));
    }
    if (allowed.isPresent()) {
      throw settings.outOfRange(
          key + ".default", NONE, "a whole number, where there is a set or a range");
    }
    return Optional.empty();
  }

  private EmitOptions.Neighbours neighbours() {
    settings.oneOf("emit.knn.distance", List.of("squared-euclidean"));
    VoteWeighting weighting =
        settings
                .oneOf("emit.knn.weighting", List.of("inverse-distance", "uniform"))
                .equals("uniform")
            ? VoteWeighting.UNIFORM
            : VoteWeighting.INVERSE_DISTANCE;
    int leafSize = (int) settings.integer("emit.knn.leaf-size", 1, MOST);
    KnnPipeline.Index index =
        settings.oneOf("emit.knn.index", List.of("linear", "kd-tree")).equals("linear")
            ? new KnnPipeline.Index.Linear()
            : new KnnPipeline.Index.KdTree(leafSize);
    return new EmitOptions.Neighbours(
        new KnnPipeline.Settings(
            whole(NEIGHBOURS, 1),
            weighting,
            index,
            name("emit.knn.default-label", settings.text("emit.knn.default-label"))),
        (int) settings.integer("emit.knn.examples", 0, 1_000_000));
  }

  private boolean flag(String key) {
    return settings.oneOf(key, List.of("true", "false")).equals("true");
  }
}
