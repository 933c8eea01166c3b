package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.head.HeadOptions;
import io.headgraft.image.AugmentationRange;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @TempDir private Path folder;

  @Test
  void theDefaultsAreTheReference() {
    Settings settings = load();

    assertThat(settings.dataset()).isEqualTo(new DatasetOptions(1, 0.1, 0.1, 0.2));
    assertThat(settings.image())
        .isEqualTo(new ImageOptions(100_000_000, 64L << 20, Crop.SCALE_FILL));
    assertThat(settings.imageSize()).isEmpty();
    assertThat(settings.augmentations())
        .isEqualTo(
            new AugmentationSpec.Listed(
                List.of(List.of(new AugmentationRange.HorizontalFlip())), 1));
    assertThat(settings.engine()).isEqualTo("pytorch");
    assertThat(settings.featureLayer()).isEqualTo("flatten");
    assertThat(settings.backboneTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.heads().lbfgs()).isEqualTo(new HeadOptions.Lbfgs(500, 1e-6));
    assertThat(settings.heads().sgd()).isEqualTo(new HeadOptions.Sgd(0.001, 0.9, 32, 30));
    assertThat(settings.heads().partitions()).isEqualTo(1);
    assertThat(settings.emit())
        .isEqualTo(new EmitOptions("best", true, 10, 3, 1e-6, 0.01, 1, 1e-4));
  }

  static Stream<String> referenceKeys() {
    File reference = new File(System.getProperty("headgraft.root"), "conf/headgraft.conf");
    return ConfigFactory.parseFile(reference).entrySet().stream().map(Map.Entry::getKey).sorted();
  }

  /** A key that nobody reads would take any value. */
  @ParameterizedTest
  @MethodSource("referenceKeys")
  void everyKeyOfTheReferenceIsRead(String key) {
    assertUsage("Configuration key '" + key + "' is ", key + "=[{}]");
    assertUsage("Configuration key '" + key + "' is ", key + "=null");
  }

  @Test
  void aKeyIsStrongerThanTheFileAndTheFileThanTheReference() throws IOException {
    Path file = write("dataset { seed = 2, test = 0.3 }\nhead.names = [sgd]\n");

    Settings settings =
        Settings.load(Optional.of(file), List.of("dataset.seed=3", "dataset.seed = 4"));

    assertThat(settings.dataset()).isEqualTo(new DatasetOptions(4, 0.1, 0.3, 0.2));
    assertThat(settings.heads().names()).containsExactly("sgd");
  }

  @Test
  void valuesMayReferToOthers() throws IOException {
    Path file = write("dataset.seed = 5\nhead.seed = ${dataset.seed}\n");

    assertThat(Settings.load(Optional.of(file), List.of()).heads().seed()).isEqualTo(5);
    assertUsage("The configuration cannot be resolved: ", "head.seed=${dataset.sed}");
  }

  @Test
  void anEmptyListAndNoneMeanNoVariants() {
    assertThat(load("augment.variants=[]").augmentations().variants()).isZero();
    assertThat(load("augment.variants=0").augmentations().text())
        .isEqualTo(load("augment.variants=[]").augmentations().text());
  }

  @Test
  void variantsAreAListOfCompositions() {
    AugmentationSpec spec =
        load("augment.variants=[rotation, \"exposure + rotation\", rotation]", "augment.seed=4")
            .augmentations();

    AugmentationRange rotation = new AugmentationRange.Rotation(15);
    AugmentationRange exposure = new AugmentationRange.Exposure(0.7);
    assertThat(spec)
        .isEqualTo(
            new AugmentationSpec.Listed(
                List.of(List.of(rotation), List.of(rotation, exposure), List.of(rotation)), 4));
  }

  @Test
  void variantsAreANumberDrawnFromTheKinds() {
    Settings settings =
        load(
            "augment.variants=8",
            "augment.kinds=[blur, noise, crop]",
            "augment.probability=0.25",
            "augment.noise.max-sd=3");

    assertThat(settings.augmentations())
        .isEqualTo(
            new AugmentationSpec.Drawn(
                8,
                List.of(
                    new AugmentationRange.Crop(0.7),
                    new AugmentationRange.Blur(0.01),
                    new AugmentationRange.Noise(3)),
                0.25,
                1));
    assertThat(load("augment.variants=8").augmentations().text())
        .isEqualTo(
            "8 of [horizontal-flip, rotation(max-degrees=15), crop(min-area=0.7),"
                + " exposure(max-stops=0.7), color-shift(max-hue=15,max-saturation=1.4),"
                + " blur(max-sigma=0.01), noise(max-sd=10)] with probability 0.5 seed 1");
  }

  /** Else a change of what is not used would extract all features anew. */
  @Test
  void onlyWhatIsUsedDecidesTheVariants() {
    String text = load().augmentations().text();
    for (String unused :
        List.of("rotation.max-degrees=9", "seed=5", "probability=1", "kinds=[blur]")) {
      assertThat(load("augment." + unused).augmentations().text()).isEqualTo(text);
    }
    String rotated = load("augment.variants=[rotation]").augmentations().text();
    assertThat(load("augment.variants=[rotation]", "augment.blur.max-sigma=0.02").augmentations())
        .extracting(AugmentationSpec::text)
        .isEqualTo(rotated);
    for (String used : List.of("rotation.max-degrees=9", "seed=5")) {
      assertThat(load("augment.variants=[rotation]", "augment." + used).augmentations().text())
          .isNotEqualTo(rotated);
    }
  }

  @Test
  void sizesAreNumbersOrAuto() {
    assertThat(load("image.size=227").imageSize()).hasValue(227);
    assertUsage("Configuration key 'image.size' is \"large\" (", "image.size=large");
    assertUsage("Configuration key 'image.size' is 0 (", "image.size=0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataset.sed=1 | Unknown configuration key 'dataset.sed' (--set dataset.sed=1: 1); "
            + "max-rejected, seed, test, validation are known under dataset",
        "data.seed=1 | Unknown configuration key 'data' (--set data.seed=1: 1); "
            + "augment, backbone, dataset, emit, features, head, image are known",
        "seed=1 | Unknown configuration key 'seed' (--set seed=1: 1); "
            + "augment, backbone, dataset, emit, features, head, image are known",
        "head.sgd.lr=1 | Unknown configuration key 'head.sgd.lr' (--set head.sgd.lr=1: 1); "
            + "epochs, learning-rate, mini-batch-size, momentum are known under head.sgd",
        "dataset.sed=null | Unknown configuration key 'dataset.sed' (--set dataset.sed=null: 1); "
            + "max-rejected, seed, test, validation are known under dataset",
        "\"a.b\".c=1 | Unknown configuration key '\"a.b\"' (--set \"a.b\".c=1: 1); "
            + "augment, backbone, dataset, emit, features, head, image are known",
      })
  void namesTheKnownKeysOfAnUnknownOnesGroup(String override, String message) {
    assertThatThrownBy(() -> load(override)).hasMessage(message);
    assertUsage(message, override);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataset.test=2 | Configuration key 'dataset.test' is 2.0 (--set dataset.test=2: 1); "
            + "allowed: 0.0 to 1.0",
        "dataset.test=1 | The configuration cannot be used: dataset.test is out of range: 1.0",
        "dataset.test=0.9 | The configuration cannot be used: "
            + "dataset.validation + test is out of range: 1.0",
        "dataset.seed=x | Configuration key 'dataset.seed' is \"x\" (--set dataset.seed=x: 1); "
            + "allowed: a whole number",
        "dataset.seed=1.5 | Configuration key 'dataset.seed' is 1.5 (--set dataset.seed=1.5: 1); "
            + "allowed: a whole number",
        "dataset.seed=1e30 | Configuration key 'dataset.seed' is 1.0E30 (--set dataset.seed=1e30: 1); "
            + "allowed: a whole number",
        "head.l2=NaN | Configuration key 'head.l2' is NaN (--set head.l2=NaN: 1); "
            + "allowed: 0.0 to 1000000.0",
        "head.l2=small | Configuration key 'head.l2' is \"small\" (--set head.l2=small: 1); "
            + "allowed: a number",
        "head.names=[knn] | Configuration key 'head.names' is knn (--set head.names=[knn]: 1); "
            + "allowed: lbfgs, sgd",
        "head.names=[] | Configuration key 'head.names' is [] (--set head.names=[]: 1); "
            + "allowed: one or more of lbfgs, sgd, each once",
        "head.names=sgd | Configuration key 'head.names' is \"sgd\" (--set head.names=sgd: 1); "
            + "allowed: a list of texts",
        "emit.head=adam | Configuration key 'emit.head' is adam (--set emit.head=adam: 1); "
            + "allowed: best, lbfgs, sgd",
        "backbone.engine=abacus | Configuration key 'backbone.engine' is abacus "
            + "(--set backbone.engine=abacus: 1); allowed: pytorch",
        "image.crop=round | The configuration cannot be used: image.crop is 'round', allowed are "
            + "scale-fill, center-crop",
        "augment.variants=[rotate] | Configuration key 'augment.variants' is rotate "
            + "(--set augment.variants=[rotate]: 1); allowed: horizontal-flip, vertical-flip, "
            + "rotation, crop, exposure, color-shift, blur, noise, or several of them joined by +",
        "augment.variants=[none] | Configuration key 'augment.variants' is none "
            + "(--set augment.variants=[none]: 1); allowed: horizontal-flip, vertical-flip, "
            + "rotation, crop, exposure, color-shift, blur, noise, or several of them joined by +",
        "augment.variants=[\"blur+\"] | Configuration key 'augment.variants' is blur+ "
            + "(--set augment.variants=[\"blur+\"]: 1); allowed: horizontal-flip, vertical-flip, "
            + "rotation, crop, exposure, color-shift, blur, noise, or several of them joined by +",
        "augment.variants=[\"blur+blur\"] | The configuration cannot be used: augment.variants has "
            + "blur+blur, must have one or more kinds, each once",
        "augment.variants=[vertical-flip, vertical-flip] | The configuration cannot be used: "
            + "augment.variants has vertical-flip twice, must be there once: nothing about it is "
            + "drawn, so both would be the same",
        "augment.variants=-1 | Configuration key 'augment.variants' is -1 "
            + "(--set augment.variants=-1: 1); allowed: a whole number, 0 to 1000, or a list of "
            + "augmentations",
        "augment.variants=2.5 | Configuration key 'augment.variants' is 2.5 "
            + "(--set augment.variants=2.5: 1); allowed: a whole number, 0 to 1000, or a list of "
            + "augmentations",
        "augment.variants=rotation | Configuration key 'augment.variants' is \"rotation\" "
            + "(--set augment.variants=rotation: 1); allowed: a whole number, 0 to 1000, or a list "
            + "of augmentations",
        "augment.kinds=[] | Configuration key 'augment.kinds' is [] (--set augment.kinds=[]: 1); "
            + "allowed: one or more of horizontal-flip, vertical-flip, rotation, crop, exposure, "
            + "color-shift, blur, noise, each once",
        "augment.kinds=[hue] | Configuration key 'augment.kinds' is hue "
            + "(--set augment.kinds=[hue]: 1); allowed: one or more of horizontal-flip, "
            + "vertical-flip, rotation, crop, exposure, color-shift, blur, noise, each once",
        "augment.probability=2 | Configuration key 'augment.probability' is 2.0 "
            + "(--set augment.probability=2: 1); allowed: 0.0 to 1.0",
        "augment.crop.min-area=0.1 | The configuration cannot be used: augment.crop.min-area is "
            + "0.1, must be 0.25 to 0.99",
        "augment.noise.max-sd=loud | Configuration key 'augment.noise.max-sd' is \"loud\" "
            + "(--set augment.noise.max-sd=loud: 1); allowed: a number",
        "image.max-pixels=2000000000 | The configuration cannot be used: image.max-pixels is "
            + "2000000000, must be 1 to 1073741824, which is OpenCV's own limit",
        "dataset.seed.a=1 | Configuration key 'dataset.seed' is {\"a\":1} "
            + "(--set dataset.seed.a=1: 1); allowed: a whole number",
        "dataset=3 | Configuration key 'dataset' is 3 (--set dataset=3: 1); "
            + "allowed: a group of keys",
      })
  void saysWhatIsAllowed(String override, String message) {
    assertThatThrownBy(() -> load(override)).hasMessage(message);
    assertUsage(message, override);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataset.seed", "=1", ""})
  void anOverrideIsAKeyAndAValue(String override) {
    assertUsage("--set " + override + " is not of the form --set key=value", override);
  }

  @Test
  void saysWhatCannotBeParsed() {
    assertUsage("--set head.names=[sgd cannot be read: ", "head.names=[sgd");
  }

  @Test
  void saysWhichFileIsWrong() throws IOException {
    Path missing = folder.resolve("no.conf");
    assertThatThrownBy(() -> Settings.load(Optional.of(missing), List.of()))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("There is no configuration file " + missing);

    Path broken = write("dataset {");
    assertThatThrownBy(() -> Settings.load(Optional.of(broken), List.of()))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("The configuration file cannot be read: " + broken + ": ");

    assertThatThrownBy(() -> Settings.load(Optional.of(folder), List.of()))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("There is no configuration file " + folder);

    Path unknown = write("\n\ndataset { sed = 1 }");
    assertThatThrownBy(() -> Settings.load(Optional.of(unknown), List.of()))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "Unknown configuration key 'dataset.sed' (%s: 3); max-rejected, seed, test, validation are known under dataset"
                .formatted(unknown));
  }

  @Test
  void theMapHasAllOfIt() {
    Map<String, Object> map = load("head.l2=0.5").toMap();

    assertThat(map)
        .containsOnlyKeys("dataset", "image", "augment", "backbone", "features", "head", "emit");
    assertThat(map).extractingByKey("head").asString().contains("l2=0.5");
    assertThat(map).extractingByKey("augment").asString().contains("[horizontal-flip]");
  }

  private static void assertUsage(String message, String override) {
    assertThatThrownBy(() -> load(override))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith(message);
  }

  private static Settings load(String... overrides) {
    return Settings.load(Optional.empty(), List.of(overrides));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("my.conf"), text);
  }
}
