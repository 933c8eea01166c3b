package io.headgraft.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.backbone.BackboneRelease;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.head.ClassWeights;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LearningRateSchedule;
import io.headgraft.head.UpdateRule;
import io.headgraft.head.Weighting;
import io.headgraft.image.AugmentationKind;
import io.headgraft.image.AugmentationRange;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.personalization.DeviceSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The configuration of a run, read once: the annotated reference {@code conf/headgraft.conf}, what
 * a file of the user's changes of it, and what single keys change of that.
 */
public final class Settings {

  private static final List<String> HEADS = List.of("lbfgs", "sgd", "adam", "knn");

  private static final double BELOW_ONE = Math.nextDown(1.0);

  private static final String REFERENCE = "/io/headgraft/headgraft.conf";

  private final Config config;

  private Settings(Config config) {
    this.config = config;
  }

  /**
   * Reads the configuration and checks every value.
   *
   * @param file the user's, if there is one
   * @param overrides {@code key=value}, stronger than the file
   * @throws HeadgraftException (exit code 2) if a key is unknown or a value out of range
   */
  public static Settings load(Optional<Path> file, List<String> overrides) {
    return load(file.map(Settings::read).orElse(ConfigFactory.empty()), overrides);
  }

  /**
   * Reads the configuration and checks every value.
   *
   * @param text of the user's file
   * @param origin where it comes from, for messages
   * @param overrides {@code key=value}, stronger than the file
   * @throws HeadgraftException (exit code 2) if a key is unknown or a value out of range
   */
  public static Settings load(String text, String origin, List<String> overrides) {
    return load(parse(text, origin), overrides);
  }

  private static Settings load(Config file, List<String> overrides) {
    Config user = file;
    for (String override : overrides) {
      user = override(override).withFallback(user);
    }
    return completed(user, ConfigFactory.parseURL(Settings.class.getResource(REFERENCE)));
  }

  /**
   * The configuration that a run had.
   *
   * @param configuration as its {@code run.json} holds it; what it lacks has its default
   * @throws HeadgraftException (exit code 2) if a key is unknown or a value out of range
   */
  public static Settings of(Map<String, Object> configuration) {
    Config reference = ConfigFactory.parseURL(Settings.class.getResource(REFERENCE));
    return completed(ConfigFactory.parseMap(configuration, "the run's configuration"), reference);
  }

  private static Settings completed(Config user, Config reference) {
    Settings settings = new Settings(resolved(user.withFallback(reference)));
    requireKnown(settings.config.root(), reference.root(), "");
    settings.checkAll();
    return settings;
  }

  private static Config read(Path file) {
    if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw HeadgraftException.usage("There is no configuration file " + file);
    }
    try {
      return ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults());
    } catch (ConfigException e) {
      throw HeadgraftException.usage("The configuration file cannot be read: " + e.getMessage());
    }
  }

  private static Config override(String override) {
    String origin = "--set " + override;
    if (override.indexOf('=') < 1) {
      throw HeadgraftException.usage(origin + " is not of the form --set key=value");
    }
    return parse(override, origin);
  }

  private static Config parse(String text, String origin) {
    try {
      return ConfigFactory.parseString(
          text, ConfigParseOptions.defaults().setOriginDescription(origin));
    } catch (ConfigException e) {
      throw HeadgraftException.usage("%s cannot be read: %s".formatted(origin, e.getMessage()));
    }
  }

  private static Config resolved(Config config) {
    try {
      return config.resolve();
    } catch (ConfigException e) {
      throw HeadgraftException.usage("The configuration cannot be resolved: " + e.getMessage());
    }
  }

  private static void requireKnown(ConfigObject group, ConfigObject reference, String path) {
    for (Map.Entry<String, ConfigValue> entry : group.entrySet()) {
      String key = path + ConfigUtil.joinPath(entry.getKey());
      ConfigValue known = reference.get(entry.getKey());
      if (known == null) {
        throw HeadgraftException.usage(
            "Unknown configuration key '%s' (%s); %s are known%s"
                .formatted(
                    key,
                    entry.getValue().origin().description(),
                    String.join(", ", reference.keySet().stream().sorted().toList()),
                    path.isEmpty() ? "" : " under " + path.substring(0, path.length() - 1)));
      }
      if (known instanceof ConfigObject knownGroup) {
        if (!(entry.getValue() instanceof ConfigObject object)) {
          throw outOfRange(key, text(entry.getValue()), entry.getValue(), "a group of keys");
        }
        requireKnown(object, knownGroup, key + ".");
      }
    }
  }

  /** Reads everything once, so that a bad value is told before any work is done. */
  private void checkAll() {
    dataset();
    image();
    imageSize();
    augmentations();
    engine();
    batchSize();
    featureLayer();
    backboneRelease();
    backboneTimeout();
    chunk();
    heads();
    report();
    gate();
    lock();
    metricsFile();
    forecast();
    personalize();
    requireTrained(emit().head());
  }

  /** Else it would show only after the training. */
  private void requireTrained(String shipped) {
    List<String> names = headNames();
    if (!shipped.equals("best") && !names.contains(shipped)) {
      throw outOfRange("emit.head", shipped, "best, or one of head.names, which are " + names);
    }
  }

  /** {@code dataset.*}. */
  public DatasetOptions dataset() {
    return checked(
        () ->
            new DatasetOptions(
                integer("dataset.seed", Long.MIN_VALUE, Long.MAX_VALUE),
                number("dataset.validation", 0, 1),
                number("dataset.test", 0, 1),
                number("dataset.max-rejected", 0, 1)));
  }

  /** {@code image.*}, less the size. */
  public ImageOptions image() {
    return checked(
        () ->
            new ImageOptions(
                integer("image.max-pixels", 1, Long.MAX_VALUE),
                integer("image.max-bytes", 1, Long.MAX_VALUE),
                parsed("image.crop", Crop::of)));
  }

  /** {@code image.size}, unless it is auto. */
  public OptionalInt imageSize() {
    return text("image.size").equals("auto")
        ? OptionalInt.empty()
        : OptionalInt.of((int) integer("image.size", 1, 16_384));
  }

  /** {@code augment.*}. */
  public AugmentationSpec augmentations() {
    Map<String, AugmentationRange> ranges = new LinkedHashMap<>();
    for (AugmentationKind kind : AugmentationKind.values()) {
      ranges.put(kind.toString(), checked(() -> range(kind)));
    }
    List<AugmentationRange> kinds = kinds(ranges);
    double probability = number("augment.probability", 0, 1);
    long seed = integer("augment.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    if (value("augment.variants").valueType() == ConfigValueType.LIST) {
      return checked(() -> new AugmentationSpec.Listed(compositions(ranges), seed));
    }
    int count = numberOfVariants();
    return count == 0
        ? new AugmentationSpec.Listed(List.of(), seed)
        : checked(() -> new AugmentationSpec.Drawn(count, kinds, probability, seed));
  }

  private List<AugmentationRange> kinds(Map<String, AugmentationRange> ranges) {
    List<String> names = texts("augment.kinds");
    String allowed = "one or more of %s, each once".formatted(String.join(", ", ranges.keySet()));
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw outOfRange("augment.kinds", names.toString(), allowed);
    }
    for (String name : names) {
      if (!ranges.containsKey(name)) {
        throw outOfRange("augment.kinds", name, allowed);
      }
    }
    return names.stream().map(ranges::get).toList();
  }

  private List<List<AugmentationRange>> compositions(Map<String, AugmentationRange> ranges) {
    List<List<AugmentationRange>> compositions = new ArrayList<>();
    for (String composition : texts("augment.variants")) {
      List<AugmentationRange> kinds = new ArrayList<>();
      for (String name : composition.split("\\+", -1)) {
        if (!ranges.containsKey(name.strip())) {
          throw outOfRange(
              "augment.variants",
              composition,
              "%s, or several of them joined by +".formatted(String.join(", ", ranges.keySet())));
        }
        kinds.add(ranges.get(name.strip()));
      }
      compositions.add(kinds);
    }
    return compositions;
  }

  private int numberOfVariants() {
    int max = AugmentationSpec.MAX_VARIANTS;
    String allowed = "a whole number, 0 to %d, or a list of augmentations".formatted(max);
    long count = typed("augment.variants", Settings::wholeNumber, allowed);
    if (count < 0 || count > max) {
      throw outOfRange("augment.variants", String.valueOf(count), allowed);
    }
    return (int) count;
  }

  private AugmentationRange range(AugmentationKind kind) {
    return switch (kind) {
      case HORIZONTAL_FLIP -> new AugmentationRange.HorizontalFlip();
      case VERTICAL_FLIP -> new AugmentationRange.VerticalFlip();
      case ROTATION -> new AugmentationRange.Rotation(number("augment.rotation.max-degrees"));
      case CROP -> new AugmentationRange.Crop(number("augment.crop.min-area"));
      case EXPOSURE -> new AugmentationRange.Exposure(number("augment.exposure.max-stops"));
      case COLOR_SHIFT ->
          new AugmentationRange.ColorShift(
              number("augment.color-shift.max-hue"), number("augment.color-shift.max-saturation"));
      case BLUR -> new AugmentationRange.Blur(number("augment.blur.max-sigma"));
      case NOISE -> new AugmentationRange.Noise(number("augment.noise.max-sd"));
    };
  }

  /** {@code backbone.engine}. */
  public NetworkEngine engine() {
    return NetworkEngine.of(oneOf("backbone.engine", NetworkEngine.names()));
  }

  /** {@code backbone.batch-size}. */
  public int batchSize() {
    return (int) integer("backbone.batch-size", 1, 1024);
  }

  /** {@code backbone.feature-layer}. */
  public String featureLayer() {
    return text("backbone.feature-layer");
  }

  /** {@code backbone.url} and {@code backbone.git-blob}. */
  public BackboneRelease backboneRelease() {
    return checked(
        () -> new BackboneRelease(URI.create(text("backbone.url")), text("backbone.git-blob")));
  }

  /** {@code backbone.timeout}. */
  public Duration backboneTimeout() {
    return Duration.ofSeconds(integer("backbone.timeout", 1, 86_400));
  }

  /** {@code features.chunk}. */
  public int chunk() {
    return (int) integer("features.chunk", 1, Integer.MAX_VALUE);
  }

  /** {@code head.*}. */
  public HeadOptions heads() {
    return new HeadOptions(
        headNames(),
        integer("head.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        (int) integer("head.seeds", 1, 1000),
        (int) integer("head.folds", 2, 1000),
        integer("head.memory", 1, Long.MAX_VALUE),
        (int) integer("head.partitions", 1, 100_000),
        classWeights(),
        oneOf("head.temperature", List.of("report", "fold")).equals("fold"),
        wholeNumbers("head.learning-curve", 1, 1 << 30, 0),
        (int) integer("head.checkpoint-epochs", 1, 1_000_000),
        new HeadOptions.Lbfgs(
            numbers("head.lbfgs.l2", Double.MIN_NORMAL, 1e6),
            (int) integer("head.lbfgs.refinements", 0, 1000),
            (int) integer("head.lbfgs.max-iterations", 1, 1_000_000),
            number("head.lbfgs.tolerance", Double.MIN_NORMAL, 1),
            number("head.lbfgs.sweep-tolerance", Double.MIN_NORMAL, 1)),
        descent("head.sgd.", new UpdateRule.Sgd(number("head.sgd.momentum", 0, BELOW_ONE))),
        descent(
            "head.adam.",
            new UpdateRule.Adam(
                number("head.adam.beta1", 0, BELOW_ONE),
                number("head.adam.beta2", 0, BELOW_ONE),
                number("head.adam.eps", Double.MIN_NORMAL, 1))),
        new HeadOptions.Knn(wholeNumbers("head.knn.k", 1, 1 << 20, 1), weightings()));
  }

  private List<String> headNames() {
    List<String> names = texts("head.names");
    for (String name : names) {
      if (!HEADS.contains(name)) {
        throw outOfRange("head.names", name, String.join(", ", HEADS));
      }
    }
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw outOfRange(
          "head.names",
          names.toString(),
          "one or more of " + String.join(", ", HEADS) + ", each once");
    }
    return names;
  }

  private HeadOptions.Descent descent(String group, UpdateRule rule) {
    return new HeadOptions.Descent(
        numbers(group + "learning-rates", Double.MIN_NORMAL, 10),
        numbers(group + "l2", 0, 1e6),
        schedule(group),
        rule,
        (int) integer(group + "mini-batch-size", 1, 1 << 20),
        (int) integer(group + "epochs", 1, 1_000_000),
        (int) integer(group + "patience", 0, 1_000_000));
  }

  private LearningRateSchedule schedule(String group) {
    LearningRateSchedule.Step step =
        new LearningRateSchedule.Step(
            (int) integer(group + "step.drops", 1, 1_000_000),
            number(group + "step.factor", Double.MIN_NORMAL, BELOW_ONE));
    LearningRateSchedule.Annealing annealing =
        new LearningRateSchedule.Annealing(
            number(group + "annealing.factor", Double.MIN_NORMAL, BELOW_ONE));
    return switch (oneOf(group + "schedule", List.of("constant", "step", "cosine", "annealing"))) {
      case "constant" -> new LearningRateSchedule.Constant();
      case "step" -> step;
      case "cosine" -> new LearningRateSchedule.Cosine();
      default -> annealing;
    };
  }

  private ClassWeights classWeights() {
    String key = "head.class-weights";
    ConfigValue value = value(key);
    if (value.valueType() != ConfigValueType.OBJECT) {
      return oneOf(key, List.of("none", "balanced", "{ \"label\" = weight, ... }")).equals("none")
          ? new ClassWeights.None()
          : new ClassWeights.Balanced();
    }
    Map<String, Double> weights = new TreeMap<>();
    ((ConfigObject) value)
        .forEach(
            (label, weight) -> {
              if (!(weight.unwrapped() instanceof Number number) || !(number.doubleValue() > 0)) {
                throw outOfRange(key, text(weight), "a positive number for each label");
              }
              weights.put(Normalizer.normalize(label, Normalizer.Form.NFC), number.doubleValue());
            });
    return new ClassWeights.Explicit(weights);
  }

  private List<Weighting> weightings() {
    List<String> texts = texts("head.knn.weightings");
    if (texts.isEmpty()) {
      throw outOfRange("head.knn.weightings", "[]", "uniform, inverse-distance");
    }
    return texts.stream().distinct().map(this::weighting).toList();
  }

  private Weighting weighting(String text) {
    return Arrays.stream(Weighting.values())
        .filter(weighting -> weighting.text().equals(text))
        .findFirst()
        .orElseThrow(() -> outOfRange("head.knn.weightings", text, "uniform, inverse-distance"));
  }

  /** {@code report.*}. */
  public ReportOptions report() {
    return new ReportOptions(
        number("report.resolution", Double.MIN_NORMAL, 1),
        (int) integer("report.bootstrap", 39, 10_000_000),
        integer("report.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        (int) integer("report.mistakes", 0, 10_000),
        (int) integer("report.variants", 0, 1000),
        (int) integer("report.thumbnail", 16, 1024));
  }

  /** {@code gate.*}. */
  public GateOptions gate() {
    return new GateOptions(
        number("gate.margin", 0, 1),
        number("gate.recall-drop", 0, 1),
        number("gate.log-loss-rise", 0, 1000),
        number("gate.personalization-margin", 0, 1),
        oneOf("gate.unmeasured", List.of("keep", "promote")).equals("promote"));
  }

  /** {@code observe.metrics-file}, unless it is none. */
  public Optional<Path> metricsFile() {
    String file = text("observe.metrics-file");
    if (file.isBlank() || file.indexOf('\0') >= 0) {
      throw outOfRange("observe.metrics-file", file, "none, or a file on this machine");
    }
    return file.equals("none") ? Optional.empty() : Optional.of(Path.of(file));
  }

  /** {@code emit.*}. */
  public EmitOptions emit() {
    return new EmitSettings(this).options();
  }

  /** {@code personalize.forecast-seconds}, if {@code personalize.forecast} wants one. */
  public OptionalDouble forecast() {
    double seconds = number("personalize.forecast-seconds", Double.MIN_NORMAL, 86_400);
    return oneOf("personalize.forecast", List.of("true", "false")).equals("true")
        ? OptionalDouble.of(seconds)
        : OptionalDouble.empty();
  }

  /** {@code personalize.*}, less what the model itself has to allow. */
  public DeviceSettings personalize() {
    return new PersonalizeSettings(this).settings();
  }

  /** {@code lock.*}. */
  public LeaseOptions lock() {
    return new LeaseOptions(
        Duration.ofSeconds(integer("lock.wait", 0, 604_800)),
        Duration.ofSeconds(integer("lock.expiry", 10, 86_400)));
  }

  /**
   * Whether another configuration makes the same of the same data: all that differs is who may
   * write when.
   *
   * @param other as {@code run.json} holds it; what it lacks has its default
   */
  public boolean decidesAs(Map<String, Object> other) {
    try {
      return deciding(this).equals(deciding(of(other)));
    } catch (HeadgraftException e) {
      // Of another version of Headgraft, with keys that this one does not have.
      return false;
    }
  }

  private static Map<String, Object> deciding(Settings settings) {
    Map<String, Object> map = new TreeMap<>(settings.toMap());
    map.remove("lock");
    return map;
  }

  /** All keys and values, as JSON has them. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> toMap() {
    String json = config.root().render(ConfigRenderOptions.concise());
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Map.class, "the configuration");
  }

  interface Value<T> {
    T get();
  }

  static <T> T checked(Value<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw HeadgraftException.usage("The configuration cannot be used: " + e.getMessage());
    }
  }

  private <T> T parsed(String key, Function<String, T> parser) {
    return parser.apply(text(key));
  }

  String oneOf(String key, List<String> allowed) {
    String value = text(key);
    if (!allowed.contains(value)) {
      throw outOfRange(key, value, String.join(", ", allowed));
    }
    return value;
  }

  long integer(String key, long min, long max) {
    long value = typed(key, Settings::wholeNumber, "a whole number");
    if (value < min || value > max) {
      throw outOfRange(key, String.valueOf(value), min + " to " + max);
    }
    return value;
  }

  double number(String key, double min, double max) {
    double value = number(key);
    if (!(value >= min && value <= max)) {
      throw outOfRange(key, String.valueOf(value), span(min, max));
    }
    return value;
  }

  /** A number whose range is checked by whoever takes it. */
  private double number(String key) {
    return typed(key, Config::getDouble, "a number");
  }

  String text(String key) {
    return typed(key, Config::getString, "a text");
  }

  /** Ascending. */
  private List<Double> numbers(String key, double low, double high) {
    List<Double> numbers = typed(key, Config::getDoubleList, "a list of numbers");
    for (double number : numbers) {
      if (!(number >= low && number <= high)) {
        throw outOfRange(key, String.valueOf(number), "numbers, " + span(low, high));
      }
    }
    if (numbers.isEmpty()) {
      throw outOfRange(key, "[]", "at least one number");
    }
    return numbers.stream().distinct().sorted().toList();
  }

  /** Ascending. */
  private List<Integer> wholeNumbers(String key, int low, int high, int least) {
    List<Number> numbers = typed(key, Config::getNumberList, "a list of whole numbers");
    for (Number number : numbers) {
      double value = number.doubleValue();
      if (value != Math.rint(value) || value < low || value > high) {
        throw outOfRange(
            key, String.valueOf(number), "whole numbers of %d to %d".formatted(low, high));
      }
    }
    if (numbers.size() < least) {
      throw outOfRange(key, "[]", "at least one whole number");
    }
    return numbers.stream().map(Number::intValue).distinct().sorted().toList();
  }

  List<String> texts(String key) {
    return typed(key, Config::getStringList, "a list of texts");
  }

  /** {@link Config#getLong} would cut off what stands behind the point. */
  static long wholeNumber(Config config, String key) {
    Number number = config.getNumber(key);
    if (number.doubleValue() != (double) number.longValue()) {
      throw new ConfigException.WrongType(config.origin(), key, "a whole number", "a number");
    }
    return number.longValue();
  }

  <T> T typed(String key, BiFunction<Config, String, T> getter, String type) {
    try {
      return getter.apply(config, key);
    } catch (ConfigException e) {
      throw outOfRange(key, text(value(key)), type);
    }
  }

  /** The value of a key of the reference, which {@link Config#getValue} denies if it is null. */
  ConfigValue value(String key) {
    int dot = key.lastIndexOf('.');
    return config.getObject(key.substring(0, dot)).get(key.substring(dot + 1));
  }

  static String text(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }

  /** The smallest positive number stands for what only has to be above 0. */
  private static String span(double least, double most) {
    return (least == Double.MIN_NORMAL ? "above 0, at most " : least + " to ") + most;
  }

  HeadgraftException outOfRange(String key, String value, String allowed) {
    return outOfRange(key, value, value(key), allowed);
  }

  private static HeadgraftException outOfRange(
      String key, String value, ConfigValue origin, String allowed) {
    return HeadgraftException.usage(
        "Configuration key '%s' is %s (%s); allowed: %s"
            .formatted(key, value, origin.origin().description(), allowed));
  }
}
