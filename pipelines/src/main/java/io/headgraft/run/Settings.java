package io.headgraft.run;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.backbone.BackboneRelease;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.head.HeadOptions;
import io.headgraft.image.Augmentation;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The configuration of a run, read once: the annotated reference {@code conf/headgraft.conf}, what
 * a file of the user's changes of it, and what single keys change of that.
 */
public final class Settings {

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
    Config reference = ConfigFactory.parseURL(Settings.class.getResource(REFERENCE));
    Config user = ConfigFactory.empty();
    for (String override : overrides) {
      user = parse(override, "--set " + override).withFallback(user);
    }
    if (file.isPresent()) {
      user = user.withFallback(read(file.get()));
    }
    return completed(user, reference);
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

  private static Config parse(String override, String origin) {
    if (override.indexOf('=') < 1) {
      throw HeadgraftException.usage(origin + " is not of the form --set key=value");
    }
    try {
      return ConfigFactory.parseString(
          override, ConfigParseOptions.defaults().setOriginDescription(origin));
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
    emit();
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

  /** {@code augment.variants}. */
  public List<Augmentation> augmentations() {
    List<Augmentation> augmentations = new ArrayList<>();
    for (String name : texts("augment.variants")) {
      augmentations.add(checked(() -> Augmentation.parse(name)));
    }
    return augmentations;
  }

  /** {@code backbone.engine}. */
  public String engine() {
    return oneOf("backbone.engine", List.of("pytorch"));
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
    List<String> names = texts("head.names");
    for (String name : names) {
      if (!List.of("lbfgs", "sgd").contains(name)) {
        throw outOfRange("head.names", name, "lbfgs, sgd");
      }
    }
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw outOfRange("head.names", names.toString(), "one or more of lbfgs, sgd, each once");
    }
    return new HeadOptions(
        names,
        number("head.l2", 0, 1e6),
        integer("head.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        integer("head.memory", 1, Long.MAX_VALUE),
        (int) integer("head.partitions", 1, 100_000),
        new HeadOptions.Lbfgs(
            (int) integer("head.lbfgs.max-iterations", 1, 1_000_000),
            number("head.lbfgs.tolerance", Double.MIN_NORMAL, 1)),
        new HeadOptions.Sgd(
            number("head.sgd.learning-rate", Double.MIN_NORMAL, 10),
            number("head.sgd.momentum", 0, Math.nextDown(1.0)),
            (int) integer("head.sgd.mini-batch-size", 1, 1 << 20),
            (int) integer("head.sgd.epochs", 1, 1_000_000)));
  }

  /** {@code emit.*}. */
  public EmitOptions emit() {
    return new EmitOptions(
        oneOf("emit.head", List.of("best", "lbfgs", "sgd")),
        oneOf("emit.standardize", List.of("layer", "folded")).equals("layer"),
        (int) integer("emit.classes", 2, 10_000),
        (int) integer("emit.placeholders", 0, 10_000),
        number("emit.placeholder-probability", Double.MIN_NORMAL, 0.01),
        number("emit.learning-rate", Double.MIN_NORMAL, 1),
        integer("emit.seed", Long.MIN_VALUE, Long.MAX_VALUE),
        number("emit.max-probability-difference", Double.MIN_NORMAL, 1));
  }

  /** All keys and values, as JSON has them. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> toMap() {
    String json = config.root().render(ConfigRenderOptions.concise());
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Map.class, "the configuration");
  }

  private interface Value<T> {
    T get();
  }

  private static <T> T checked(Value<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw HeadgraftException.usage("The configuration cannot be used: " + e.getMessage());
    }
  }

  private <T> T parsed(String key, Function<String, T> parser) {
    return parser.apply(text(key));
  }

  private String oneOf(String key, List<String> allowed) {
    String value = text(key);
    if (!allowed.contains(value)) {
      throw outOfRange(key, value, String.join(", ", allowed));
    }
    return value;
  }

  private long integer(String key, long min, long max) {
    long value = typed(key, Settings::wholeNumber, "a whole number");
    if (value < min || value > max) {
      throw outOfRange(key, String.valueOf(value), min + " to " + max);
    }
    return value;
  }

  private double number(String key, double min, double max) {
    double value = typed(key, Config::getDouble, "a number");
    if (!(value >= min && value <= max)) {
      throw outOfRange(key, String.valueOf(value), min + " to " + max);
    }
    return value;
  }

  private String text(String key) {
    return typed(key, Config::getString, "a text");
  }

  private List<String> texts(String key) {
    return typed(key, Config::getStringList, "a list of texts");
  }

  /** {@link Config#getLong} would cut off what stands behind the point. */
  private static long wholeNumber(Config config, String key) {
    Number number = config.getNumber(key);
    if (number.doubleValue() != (double) number.longValue()) {
      throw new ConfigException.WrongType(config.origin(), key, "a whole number", "a number");
    }
    return number.longValue();
  }

  private <T> T typed(String key, BiFunction<Config, String, T> getter, String type) {
    try {
      return getter.apply(config, key);
    } catch (ConfigException e) {
      throw outOfRange(key, text(value(key)), type);
    }
  }

  /** The value of a key of the reference, which {@link Config#getValue} denies if it is null. */
  private ConfigValue value(String key) {
    int dot = key.lastIndexOf('.');
    return config.getObject(key.substring(0, dot)).get(key.substring(dot + 1));
  }

  private static String text(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }

  private HeadgraftException outOfRange(String key, String value, String allowed) {
    return outOfRange(key, value, value(key), allowed);
  }

  private static HeadgraftException outOfRange(
      String key, String value, ConfigValue origin, String allowed) {
    return HeadgraftException.usage(
        "Configuration key '%s' is %s (%s); allowed: %s"
            .formatted(key, value, origin.origin().description(), allowed));
  }
}
