package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.KnnPipeline.Index;
import io.headgraft.coreml.KnnPipeline.VoteWeighting;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Range;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Values;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.head.ClassWeights;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LearningRateSchedule;
import io.headgraft.head.UpdateRule;
import io.headgraft.head.Weighting;
import io.headgraft.image.AugmentationRange;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.personalization.DeviceSettings;
import io.headgraft.personalization.HyperParameter;
import io.headgraft.run.PlaceholderOptions.Names;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
    assertThat(settings.augmentations().text())
        .startsWith("4 of [horizontal-flip, rotation(max-degrees=15), crop(min-area=0.7),");
    assertThat(settings.engine()).isEqualTo(NetworkEngine.ONNXRUNTIME);
    assertThat(settings.featureLayer()).isEqualTo("flatten");
    assertThat(settings.backboneTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.report()).isEqualTo(new ReportOptions(0.1, 10_000, 1, 24, 4, 128));
    assertThat(settings.gate()).isEqualTo(new GateOptions(0.03, 0.1, 0.05, 0.05, false));
    assertThat(settings.metricsFile()).isEmpty();
    assertThat(load("observe.metrics-file=/var/lib/x.prom").metricsFile())
        .contains(Path.of("/var/lib/x.prom"));
  }

  @Test
  void allOfTheGateCanBeSet() {
    assertThat(
            load(
                    "gate.margin=0",
                    "gate.recall-drop=1",
                    "gate.log-loss-rise=0.5",
                    "gate.personalization-margin=0.1",
                    "gate.unmeasured=promote")
                .gate())
        .isEqualTo(new GateOptions(0, 1, 0.5, 0.1, true));
  }

  @Test
  void theForecastCanBeShorterOrLeftOut() {
    assertThat(load().forecast()).hasValue(60);
    assertThat(load("personalize.forecast-seconds=1.5").forecast()).hasValue(1.5);
    assertThat(load("personalize.forecast=false").forecast()).isEmpty();
  }

  @Test
  void theDefaultsOfTheModelsAreTheReference() {
    assertThat(load().emit())
        .isEqualTo(
            new EmitOptions(
                "best",
                List.of(ModelVariant.CLASSIFIER, ModelVariant.EMPTY, ModelVariant.KNN),
                new EmitOptions.Front(EmitOptions.Front.Form.WHITEN, 0.1),
                0.1,
                new PlaceholderOptions(
                    10, 3, new Names.Numbered("user"), 1e-5, OptionalDouble.empty(), 1e-3),
                1,
                1e-4,
                new EmitOptions.Storage(false, 0.02, false),
                new EmitOptions.Metadata("", "", "", ""),
                new OnDeviceTraining(
                    List.of("fullyconnected0"),
                    new OnDeviceOptimizer.Sgd(
                        new DoubleHyperparameter(0.1, 0.01, 0.2),
                        new WholeHyperparameter(16, new Values(List.of(8L, 16L, 32L, 64L))),
                        new DoubleHyperparameter(0.4, 0, 0.6)),
                    new WholeHyperparameter(
                        10, new Values(List.of(1L, 2L, 5L, 10L, 20L, 30L, 50L))),
                    true,
                    Optional.empty()),
                new EmitOptions.Neighbours(
                    new KnnPipeline.Settings(
                        new WholeHyperparameter(3, new Range(1, 10)),
                        VoteWeighting.INVERSE_DISTANCE,
                        new Index.Linear(),
                        "???"),
                    0)));
  }

  @Test
  void allOfTheModelsCanBeSet() {
    assertThat(
            load(
                    "emit.models=[plain, classifier]",
                    "emit.standardize=folded",
                    "emit.whitening.shrinkage=1",
                    "emit.old-label-rate=1",
                    "emit.placeholder-names=[Anna, Bea]",
                    "emit.placeholder-bias=-20",
                    "emit.half-precision=true",
                    "emit.packages=true",
                    "emit.metadata.author=Ada",
                    "emit.training.optimizer=adam",
                    "emit.training.layers=[conv10, fullyconnected0]",
                    "emit.training.learning-rate={ default = 0.001, range = [0, 1] }",
                    "emit.training.beta1.range=[0.5, 0.95]",
                    "emit.training.mini-batch-size.range=[1, 64]",
                    "emit.training.epochs={ default = 3, set = [5, 3] }",
                    "emit.training.shuffle=false",
                    "emit.training.seed={ default = 0, range = [0, 9] }",
                    "emit.knn.k.set=[1, 3]",
                    "emit.knn.weighting=uniform",
                    "emit.knn.index=kd-tree",
                    "emit.knn.leaf-size=7",
                    "emit.knn.examples=12",
                    "emit.knn.default-label=nobody")
                .emit())
        .isEqualTo(
            new EmitOptions(
                "best",
                List.of(ModelVariant.CLASSIFIER, ModelVariant.PLAIN),
                new EmitOptions.Front(EmitOptions.Front.Form.FOLDED, 1),
                1,
                new PlaceholderOptions(
                    10,
                    3,
                    new Names.Listed(List.of("Anna", "Bea")),
                    1e-5,
                    OptionalDouble.of(-20),
                    1e-3),
                1,
                1e-4,
                new EmitOptions.Storage(true, 0.02, true),
                new EmitOptions.Metadata("Ada", "", "", ""),
                new OnDeviceTraining(
                    List.of("conv10", "fullyconnected0"),
                    new OnDeviceOptimizer.Adam(
                        new DoubleHyperparameter(0.001, 0, 1),
                        new WholeHyperparameter(16, new Range(1, 64)),
                        new DoubleHyperparameter(0.9, 0.5, 0.95),
                        new DoubleHyperparameter(0.999, 0, 1),
                        new DoubleHyperparameter(1e-8, 0, 1)),
                    new WholeHyperparameter(3, new Values(List.of(3L, 5L))),
                    false,
                    Optional.of(new WholeHyperparameter(0, new Range(0, 9)))),
                new EmitOptions.Neighbours(
                    new KnnPipeline.Settings(
                        new WholeHyperparameter(3, new Values(List.of(1L, 3L))),
                        VoteWeighting.UNIFORM,
                        new Index.KdTree(7),
                        "nobody"),
                    12)));
    assertThat(load("emit.training.seed.default=5").emit().training().seed())
        .contains(new WholeHyperparameter(5, new Values(List.of(5L))));
    assertUsage(
        "Configuration key 'emit.training.seed.default' is none (", "emit.training.seed.set=[1]");
    assertUsage(
        "Configuration key 'emit.training.mini-batch-size.default' is 16 (",
        "emit.training.mini-batch-size.range=[9, 12]");
  }

  @Test
  void theDefaultsOfTheHeadsAreTheReference() {
    List<Double> l2 = List.of(0.0001, 0.001, 0.01);

    assertThat(load().heads())
        .isEqualTo(
            new HeadOptions(
                List.of("lbfgs", "sgd", "adam", "knn"),
                1,
                5,
                5,
                4L << 30,
                8,
                new ClassWeights.None(),
                false,
                List.of(5, 10, 20, 50, 100),
                10,
                new HeadOptions.Lbfgs(List.of(0.0001, 0.001, 0.01, 0.1, 1.0), 4, 2000, 1e-10, 1e-5),
                new HeadOptions.Descent(
                    List.of(0.003, 0.01, 0.03),
                    l2,
                    new LearningRateSchedule.Cosine(),
                    new UpdateRule.Sgd(0.9),
                    32,
                    30,
                    0),
                new HeadOptions.Descent(
                    List.of(0.001, 0.003, 0.01),
                    l2,
                    new LearningRateSchedule.Cosine(),
                    new UpdateRule.Adam(0.9, 0.999, 1e-8),
                    32,
                    30,
                    0),
                new HeadOptions.Knn(
                    List.of(1, 3, 5, 10, 20, 40),
                    List.of(Weighting.UNIFORM, Weighting.INVERSE_DISTANCE))));
  }

  /** Else the comparison would not be a fair one. */
  @Test
  void byDefaultAllTrainedHeadsTryAsManySettings() {
    HeadOptions heads = load().heads();

    int penalties = heads.lbfgs().l2().size() + heads.lbfgs().refinements();
    assertThat(heads.sgd().learningRates().size() * heads.sgd().l2().size()).isEqualTo(penalties);
    assertThat(heads.adam().learningRates().size() * heads.adam().l2().size()).isEqualTo(penalties);
  }

  @Test
  void gridsAreSortedAndHaveNothingTwice() {
    HeadOptions heads =
        load(
                "head.lbfgs.l2=[1, 0.1, 1]",
                "head.adam.learning-rates=[0.1, 0.01]",
                "head.knn.k=[9, 1, 9.0]",
                "head.knn.weightings=[inverse-distance, inverse-distance]",
                "head.learning-curve=[]")
            .heads();

    assertThat(heads.lbfgs().l2()).containsExactly(0.1, 1.0);
    assertThat(heads.adam().learningRates()).containsExactly(0.01, 0.1);
    assertThat(heads.knn().neighbours()).containsExactly(1, 9);
    assertThat(heads.knn().weightings()).containsExactly(Weighting.INVERSE_DISTANCE);
    assertThat(heads.learningCurve()).isEmpty();
  }

  @Test
  void schedulesHaveParametersOfTheirOwn() {
    assertThat(load("head.sgd.schedule=constant").heads().sgd().schedule())
        .isEqualTo(new LearningRateSchedule.Constant());
    assertThat(load("head.sgd.schedule=step", "head.sgd.step.drops=3").heads().sgd().schedule())
        .isEqualTo(new LearningRateSchedule.Step(3, 0.1));
    assertThat(
            load("head.adam.schedule=annealing", "head.adam.annealing.factor=0.5")
                .heads()
                .adam()
                .schedule())
        .isEqualTo(new LearningRateSchedule.Annealing(0.5));
  }

  @Test
  void classWeightsAreAWordOrANumberForEachLabel() throws IOException {
    assertThat(load("head.class-weights=balanced").heads().classWeights())
        .isEqualTo(new ClassWeights.Balanced());
    // The label is compared as the data set's are, in NFC.
    assertThat(load("head.class-weights={ \"✊\" = 2, \"e\u0301\" = 0.5 }").heads().classWeights())
        .isEqualTo(new ClassWeights.Explicit(Map.of("✊", 2.0, "\u00e9", 0.5)));
    Path file = write("head.class-weights { cat = 3 }\n");
    assertThat(Settings.load(Optional.of(file), List.of()).heads().classWeights())
        .isEqualTo(new ClassWeights.Explicit(Map.of("cat", 3.0)));
    assertThat(
            Settings.load(Optional.of(file), List.of("head.class-weights=none"))
                .heads()
                .classWeights())
        .isEqualTo(new ClassWeights.None());
  }

  @Test
  void theTemperatureIsFoldedOnDemand() {
    assertThat(load("head.temperature=fold").heads().foldTemperature()).isTrue();
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
    String list = "augment.variants=[horizontal-flip]";
    String text = load(list).augmentations().text();
    for (String unused :
        List.of("rotation.max-degrees=9", "seed=5", "probability=1", "kinds=[blur]")) {
      assertThat(load(list, "augment." + unused).augmentations().text()).isEqualTo(text);
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
            + "augment, backbone, dataset, emit, features, gate, head, image, lock, observe, personalize, report are known",
        "seed=1 | Unknown configuration key 'seed' (--set seed=1: 1); "
            + "augment, backbone, dataset, emit, features, gate, head, image, lock, observe, personalize, report are known",
        "head.sgd.lr=1 | Unknown configuration key 'head.sgd.lr' (--set head.sgd.lr=1: 1); "
            + "annealing, epochs, l2, learning-rates, mini-batch-size, momentum, patience, schedule, "
            + "step are known under head.sgd",
        "dataset.sed=null | Unknown configuration key 'dataset.sed' (--set dataset.sed=null: 1); "
            + "max-rejected, seed, test, validation are known under dataset",
        "\"a.b\".c=1 | Unknown configuration key '\"a.b\"' (--set \"a.b\".c=1: 1); "
            + "augment, backbone, dataset, emit, features, gate, head, image, lock, observe, personalize, report are known",
      })
  void namesTheKnownKeysOfAnUnknownOnesGroup(String override, String message) {
    assertThatThrownBy(() -> load(override)).hasMessage(message);
    assertUsage(message, override);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gate.margin=2 | Configuration key 'gate.margin' is 2.0 (--set gate.margin=2: 1); "
            + "allowed: 0.0 to 1.0",
        "gate.personalization-margin=-1 | Configuration key 'gate.personalization-margin' is -1.0 "
            + "(--set gate.personalization-margin=-1: 1); allowed: 0.0 to 1.0",
        "personalize.forecast=yes | Configuration key 'personalize.forecast' is yes "
            + "(--set personalize.forecast=yes: 1); allowed: true, false",
        "personalize.forecast-seconds=0 | Configuration key 'personalize.forecast-seconds' is 0.0 "
            + "(--set personalize.forecast-seconds=0: 1); allowed: above 0, at most 86400.0",
        "gate.unmeasured=maybe | Configuration key 'gate.unmeasured' is maybe "
            + "(--set gate.unmeasured=maybe: 1); allowed: keep, promote",
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
        "head.lbfgs.l2=[NaN] | Configuration key 'head.lbfgs.l2' is NaN "
            + "(--set head.lbfgs.l2=[NaN]: 1); allowed: numbers, above 0, at most "
            + "1000000.0",
        "head.lbfgs.l2=[0] | Configuration key 'head.lbfgs.l2' is 0.0 "
            + "(--set head.lbfgs.l2=[0]: 1); allowed: numbers, above 0, at most "
            + "1000000.0",
        "head.lbfgs.l2=[] | Configuration key 'head.lbfgs.l2' is [] (--set head.lbfgs.l2=[]: 1); "
            + "allowed: at least one number",
        "head.sgd.l2=0.1 | Configuration key 'head.sgd.l2' is 0.1 (--set head.sgd.l2=0.1: 1); "
            + "allowed: a list of numbers",
        "head.sgd.l2=[-1] | Configuration key 'head.sgd.l2' is -1.0 (--set head.sgd.l2=[-1]: 1); "
            + "allowed: numbers, 0.0 to 1000000.0",
        "head.sgd.learning-rates=[11] | Configuration key 'head.sgd.learning-rates' is 11.0 "
            + "(--set head.sgd.learning-rates=[11]: 1); allowed: numbers, "
            + "above 0, at most 10.0",
        "head.sgd.momentum=1 | Configuration key 'head.sgd.momentum' is 1.0 "
            + "(--set head.sgd.momentum=1: 1); allowed: 0.0 to 0.9999999999999999",
        "head.sgd.momentum=much | Configuration key 'head.sgd.momentum' is \"much\" "
            + "(--set head.sgd.momentum=much: 1); allowed: a number",
        "head.sgd.schedule=slow | Configuration key 'head.sgd.schedule' is slow "
            + "(--set head.sgd.schedule=slow: 1); allowed: constant, step, cosine, annealing",
        "head.adam.annealing.factor=1 | Configuration key 'head.adam.annealing.factor' is 1.0 "
            + "(--set head.adam.annealing.factor=1: 1); allowed: above 0, at most "
            + "0.9999999999999999",
        "head.adam.mini-batch-size=0 | Configuration key 'head.adam.mini-batch-size' is 0 "
            + "(--set head.adam.mini-batch-size=0: 1); allowed: 1 to 1048576",
        "head.adam.patience=-1 | Configuration key 'head.adam.patience' is -1 "
            + "(--set head.adam.patience=-1: 1); allowed: 0 to 1000000",
        "head.knn.k=[] | Configuration key 'head.knn.k' is [] (--set head.knn.k=[]: 1); "
            + "allowed: at least one whole number",
        "head.knn.k=[1.5] | Configuration key 'head.knn.k' is 1.5 (--set head.knn.k=[1.5]: 1); "
            + "allowed: whole numbers of 1 to 1048576",
        "head.knn.k=[0] | Configuration key 'head.knn.k' is 0 (--set head.knn.k=[0]: 1); "
            + "allowed: whole numbers of 1 to 1048576",
        "head.knn.weightings=[] | Configuration key 'head.knn.weightings' is [] "
            + "(--set head.knn.weightings=[]: 1); allowed: uniform, inverse-distance",
        "head.knn.weightings=[far] | Configuration key 'head.knn.weightings' is far "
            + "(--set head.knn.weightings=[far]: 1); allowed: uniform, inverse-distance",
        "head.learning-curve=[few] | Configuration key 'head.learning-curve' is [\"few\"] "
            + "(--set head.learning-curve=[few]: 1); allowed: a list of whole numbers",
        "head.temperature=warm | Configuration key 'head.temperature' is warm "
            + "(--set head.temperature=warm: 1); allowed: report, fold",
        "head.class-weights=heavy | Configuration key 'head.class-weights' is heavy "
            + "(--set head.class-weights=heavy: 1); allowed: none, balanced, "
            + "{ \"label\" = weight, ... }",
        "head.class-weights={ cat = 0 } | Configuration key 'head.class-weights' is 0 "
            + "(--set head.class-weights={ cat = 0 }: 1); allowed: a positive number for each label",
        "head.class-weights={ cat = big } | Configuration key 'head.class-weights' is \"big\" "
            + "(--set head.class-weights={ cat = big }: 1); allowed: a positive number for each "
            + "label",
        "head.seeds=0 | Configuration key 'head.seeds' is 0 (--set head.seeds=0: 1); "
            + "allowed: 1 to 1000",
        "head.folds=1 | Configuration key 'head.folds' is 1 (--set head.folds=1: 1); "
            + "allowed: 2 to 1000",
        "head.names=[svm] | Configuration key 'head.names' is svm (--set head.names=[svm]: 1); "
            + "allowed: lbfgs, sgd, adam, knn",
        "report.resolution=0 | Configuration key 'report.resolution' is 0.0 "
            + "(--set report.resolution=0: 1); allowed: above 0, at most 1.0",
        "report.bootstrap=38 | Configuration key 'report.bootstrap' is 38 "
            + "(--set report.bootstrap=38: 1); allowed: 39 to 10000000",
        "head.names=[] | Configuration key 'head.names' is [] (--set head.names=[]: 1); "
            + "allowed: one or more of lbfgs, sgd, adam, knn, each once",
        "head.names=sgd | Configuration key 'head.names' is \"sgd\" (--set head.names=sgd: 1); "
            + "allowed: a list of texts",
        "emit.head=knn | Configuration key 'emit.head' is knn (--set emit.head=knn: 1); "
            + "allowed: best, lbfgs, sgd, adam",
        "emit.models=[] | Configuration key 'emit.models' is [] (--set emit.models=[]: 1); "
            + "allowed: one or more of classifier, empty, knn, plain, each once",
        "emit.models=[tiny] | Configuration key 'emit.models' is [tiny] "
            + "(--set emit.models=[tiny]: 1); allowed: one or more of classifier, empty, knn, "
            + "plain, each once",
        "emit.learning-rate=0.1 | Unknown configuration key 'emit.learning-rate' "
            + "(--set emit.learning-rate=0.1: 1); classes, half-precision, head, knn, "
            + "max-half-precision-difference, max-placeholder-probability, "
            + "max-probability-difference, metadata, models, old-label-rate, packages, "
            + "placeholder-bias, placeholder-names, placeholder-probability, placeholders, seed, "
            + "standardize, training, whitening are known under emit",
        "emit.placeholder-names=[a, a] | Configuration key 'emit.placeholder-names' is [a, a] "
            + "(--set emit.placeholder-names=[a, a]: 1); allowed: different names",
        "emit.placeholder-names=\" \" | Configuration key 'emit.placeholder-names' is \" \" "
            + "(--set emit.placeholder-names=\" \": 1); allowed: a name, or a list of names",
        "emit.placeholder-bias=low | Configuration key 'emit.placeholder-bias' is \"low\" "
            + "(--set emit.placeholder-bias=low: 1); allowed: auto, or a number",
        "emit.placeholder-bias=-1e300 | Configuration key 'emit.placeholder-bias' is -1.0E300 "
            + "(--set emit.placeholder-bias=-1e300: 1); allowed: auto, or a number",
        "emit.half-precision=some | Configuration key 'emit.half-precision' is some "
            + "(--set emit.half-precision=some: 1); allowed: true, false",
        "emit.training.optimizer=lbfgs | Configuration key 'emit.training.optimizer' is lbfgs "
            + "(--set emit.training.optimizer=lbfgs: 1); allowed: sgd, adam",
        "emit.training.layers=[] | Configuration key 'emit.training.layers' is [] "
            + "(--set emit.training.layers=[]: 1); allowed: one or more layers, each once",
        "emit.training.learning-rate=0.1 | Configuration key 'emit.training.learning-rate' is 0.1 "
            + "(--set emit.training.learning-rate=0.1: 1); allowed: a group of keys",
        "emit.training.learning-rate.default=2 | Configuration key "
            + "'emit.training.learning-rate.default' is 2.0 "
            + "(--set emit.training.learning-rate.default=2: 1); allowed: 0.01 to 0.2",
        "emit.training.momentum.range=[1, 0] | Configuration key 'emit.training.momentum.range' is "
            + "[1.0, 0.0] (--set emit.training.momentum.range=[1, 0]: 1); allowed: two numbers, the "
            + "smaller first, within 0 to 1.0",
        "emit.training.eps.range=[0, 2] | Configuration key 'emit.training.eps.range' is [0.0, 2.0] "
            + "(--set emit.training.eps.range=[0, 2]: 1); allowed: two numbers, the smaller first, "
            + "within 0 to 1.0",
        "emit.training.epochs.default=3 | Configuration key 'emit.training.epochs.default' is 3 "
            + "(--set emit.training.epochs.default=3: 1); allowed: one of [1, 2, 5, 10, 20, 30, 50]",
        "emit.training.epochs.set=[10, 0] | Configuration key 'emit.training.epochs.set' is 0 "
            + "(--set emit.training.epochs.set=[10, 0]: 1); allowed: whole numbers of 1 to "
            + "2147483647",
        "emit.training.epochs.set=none | Configuration key 'emit.training.epochs.set' is none "
            + "(--set emit.training.epochs.set=none: 1); allowed: a list of "
            + "whole numbers, where there is no range",
        "emit.training.mini-batch-size.range=[8] | Configuration key "
            + "'emit.training.mini-batch-size.range' is [8] "
            + "(--set emit.training.mini-batch-size.range=[8]: 1); allowed: two whole numbers, the "
            + "smaller first, or none",
        "emit.training.seed.default=-1 | Configuration key 'emit.training.seed.default' is -1 "
            + "(--set emit.training.seed.default=-1: 1); allowed: 0 to 2147483647",
        "emit.knn.distance=cosine | Configuration key 'emit.knn.distance' is cosine "
            + "(--set emit.knn.distance=cosine: 1); allowed: squared-euclidean",
        "emit.knn.leaf-size=0 | Configuration key 'emit.knn.leaf-size' is 0 "
            + "(--set emit.knn.leaf-size=0: 1); allowed: 1 to 2147483647",
        "backbone.engine=abacus | Configuration key 'backbone.engine' is abacus "
            + "(--set backbone.engine=abacus: 1); allowed: pytorch, onnxruntime",
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

  /** Else it would show only after the training. */
  @Test
  void theShippedHeadIsOneThatIsTrained() {
    assertThatThrownBy(() -> load("head.names=[lbfgs, knn]", "emit.head=sgd"))
        .hasMessage(
            "Configuration key 'emit.head' is sgd (--set emit.head=sgd: 1); allowed: best, or one of"
                + " head.names, which are [lbfgs, knn]");
    assertThat(load("head.names=[lbfgs, knn]", "emit.head=lbfgs").emit().head()).isEqualTo("lbfgs");
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
  void personalizationIsTheModelsOwn() {
    assertThat(load().personalize()).isEqualTo(DeviceSettings.DEFAULTS);
    assertThat(
            load(
                    "personalize.learning-rate=0.5",
                    "personalize.epochs=20",
                    "personalize.shuffle=false")
                .personalize())
        .isEqualTo(
            new DeviceSettings(
                Map.of(HyperParameter.LEARNING_RATE, 0.5, HyperParameter.EPOCHS, 20L),
                Optional.of(false)));
    assertUsage(
        "Configuration key 'personalize.seed' is 1.5 (--set personalize.seed=1.5: 1); allowed: model, or a whole number",
        "personalize.seed=1.5");
    assertUsage("Configuration key 'personalize.eps' is \"small\"", "personalize.eps=small");
    assertUsage("Configuration key 'personalize.shuffle' is maybe", "personalize.shuffle=maybe");
  }

  @Test
  void theMapHasAllOfIt() {
    Map<String, Object> map = load("head.sgd.momentum=0.5").toMap();

    assertThat(map)
        .containsOnlyKeys(
            "dataset",
            "image",
            "augment",
            "backbone",
            "features",
            "head",
            "lock",
            "report",
            "gate",
            "observe",
            "personalize",
            "emit");
    assertThat(map).extractingByKey("head").asString().contains("momentum=0.5");
    assertThat(map).extractingByKey("augment").asString().contains("variants=4");
  }

  @Test
  void aRunsConfigurationIsReadBack() {
    Settings run = load("dataset.test=0.3", "head.names=[sgd]", "augment.variants=[]");

    assertThat(Settings.of(run.toMap()).toMap()).isEqualTo(run.toMap());
    assertThat(Settings.of(Map.of("dataset", Map.of("seed", 7))).dataset())
        .isEqualTo(new DatasetOptions(7, 0.1, 0.1, 0.2));
    assertThatThrownBy(() -> Settings.of(Map.of("dataset", Map.of("sed", 7))))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith(
            "Unknown configuration key 'dataset.sed' (the run's configuration)");
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
