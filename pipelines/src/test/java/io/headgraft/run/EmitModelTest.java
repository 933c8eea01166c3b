package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.SharedMaterial;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.ModelPackage;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.coreml.TinyModel;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Standardization;
import io.headgraft.head.Whitening;
import io.headgraft.image.Crop;
import io.headgraft.personalization.DeviceSettings;
import io.headgraft.personalization.PhoneModel;
import io.headgraft.personalization.UpdateHandlers;
import io.headgraft.report.Report;
import io.headgraft.report.SampleReports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmitModelTest {

  private static final List<String> LABELS = List.of("✊", "✋", "user1");
  private static final int PHOTOS = 10;

  @TempDir private Path folder;
  private WorkDirectory workdir;

  @BeforeEach
  void open() {
    workdir = WorkDirectory.open(folder.toUri().toString(), new Configuration());
  }

  private static final String TEST_ACCURACY =
      String.valueOf(SampleReports.digits().head("sgd").orElseThrow().test().accuracy());

  @Test
  void theModelCardIsAboutTheClassifier() {
    EmitModel.Result result = emit(tiny(), input(tiny(), 0), "emit.models=[knn,empty,classifier]");

    assertThat(result.modelCard()).endsWith("runs/r1/models/MODEL_CARD.md");
    assertThat(new String(workdir.read("runs/r1/models/MODEL_CARD.md"), StandardCharsets.UTF_8))
        .contains("`classifier.mlmodel` has ", "imageCropAndScaleOption = .centerCrop")
        .contains("| `knn.mlmodel` | ", "| `empty.mlmodel` | ");
  }

  @Test
  void shipsWhatIsAskedForAndSaysWhatItGives() {
    Backbone backbone = tiny();
    EmitModel.Input input = input(backbone, 0);

    EmitModel.Result result = emit(backbone, input, "emit.models=[classifier, empty, knn, plain]");

    assertThat(workdir.list("runs/r1")).containsExactly("models");
    assertThat(workdir.list("runs/r1/models"))
        .containsExactly(
            "MODEL_CARD.md", "classifier.mlmodel", "empty.mlmodel", "knn.mlmodel", "plain.mlmodel");
    assertThat(result.models())
        .containsExactlyElementsOf(
            Stream.of("classifier", "empty", "knn", "plain")
                .map(name -> workdir.uri("runs/r1/models/" + name + ".mlmodel"))
                .toList());
    assertThat(result.images()).isEqualTo(PHOTOS);
    assertThat(result.checks())
        .extracting(EmitModel.ModelCheck::model)
        .containsExactly("classifier.mlmodel", "empty.mlmodel", "knn.mlmodel", "plain.mlmodel");
    assertThat(result.maxProbabilityDifference()).isLessThan(1e-5);
    assertThat(result.placeholderWins()).isZero();
    assertThat(result.placeholderProbability()).isCloseTo(1e-5, within(1e-7));
    EmitModel.ModelCheck classifier = result.checks().get(0);
    assertThat(classifier.probability()).isCloseTo(result.placeholderProbability(), within(1e-10));
    assertThat(result.checks().get(1).probability()).isBetween(0.1, 0.99);
    assertThat(result.checks().get(2))
        .isEqualTo(new EmitModel.ModelCheck("knn.mlmodel", null, 0, 0, 0));
  }

  /** Zero rows and biases, as Turi Create's recipe has them, cost the real labels this much. */
  @Test
  void saysWhatPlaceholdersWouldTakeIfTheyWereNotSilenced() {
    Backbone backbone = tiny();
    EmitModel.Input input = input(backbone, 0);
    Head head = input.trained().head();

    EmitModel.Result result = emit(backbone, input, "emit.models=[classifier]");

    double share = 0;
    int wins = 0;
    for (EmitModel.CheckImage image : input.images()) {
      double[] logits = head.logits(image.feature());
      double real = Arrays.stream(logits).map(Math::exp).sum();
      share += 7 / (real + 7) / PHOTOS;
      wins += Arrays.stream(logits).max().orElseThrow() < 0 ? 1 : 0;
    }
    assertThat(result.unsilencedPlaceholderProbability()).isCloseTo(share, within(1e-12));
    assertThat(result.unsilencedPlaceholderWins()).isEqualTo(wins).isPositive();
  }

  @Test
  void modelsSayWhereTheyComeFrom() {
    Backbone backbone = tiny();

    emit(
        backbone,
        input(backbone, 2),
        "emit.models=[classifier, empty, knn]",
        "emit.metadata.author=Ada",
        "emit.metadata.license=CC0",
        "emit.metadata.description=Hands");

    Metadata classifier = read("classifier").getDescription().getMetadata();
    assertThat(classifier.getAuthor()).isEqualTo("Ada");
    assertThat(classifier.getLicense()).isEqualTo("CC0");
    assertThat(classifier.getVersionString()).isEqualTo("r1");
    assertThat(classifier.getShortDescription()).isEqualTo("Hands");
    assertThat(classifier.getUserDefinedMap())
        .containsEntry("io.headgraft.run", "r1")
        .containsEntry("io.headgraft.pipeline", "pipe")
        .containsEntry("io.headgraft.backbone", "tiny.mlmodel")
        .containsEntry("io.headgraft.backbone-fingerprint", backbone.fingerprint())
        .containsEntry("io.headgraft.backbone-trained", "true")
        .containsEntry("io.headgraft.dataset", "4")
        .containsEntry("io.headgraft.features", "5")
        .containsEntry("io.headgraft.labels", "3")
        .containsEntry("io.headgraft.head", "sgd")
        .containsEntry("io.headgraft.head.l2", "0.01")
        .containsEntry("io.headgraft.test-accuracy", TEST_ACCURACY)
        .containsKeys("io.headgraft.git", "io.headgraft.date")
        .hasSize(13);
    assertThat(read("empty").getDescription().getMetadata().getUserDefinedMap())
        .containsEntry("io.headgraft.run", "r1")
        .doesNotContainKeys("io.headgraft.test-accuracy", "io.headgraft.head")
        .hasSize(10);
    assertThat(read("knn").getDescription().getMetadata().getUserDefinedMap())
        .containsEntry("io.headgraft.examples", "2")
        .doesNotContainKey("io.headgraft.test-accuracy")
        .hasSize(11);
  }

  @Test
  void eachModelDescribesItself() {
    Backbone backbone = tiny();

    emit(
        backbone,
        input(backbone, 0),
        "emit.models=[classifier, plain]",
        "emit.metadata.version=\"1.2\"");

    assertThat(read("classifier").getDescription().getMetadata().getShortDescription())
        .isEqualTo("Image classifier that can be trained on the device");
    assertThat(read("plain").getDescription().getMetadata().getShortDescription())
        .isEqualTo("Image classifier");
    assertThat(read("plain").getDescription().getMetadata().getVersionString()).isEqualTo("1.2");
    assertThat(read("plain").getSpecificationVersion()).isEqualTo(1);
    assertThat(read("plain").getIsUpdatable()).isFalse();
  }

  @Test
  void packagesHoldTheSameModels() {
    Backbone backbone = tiny();

    EmitModel.Result result =
        emit(backbone, input(backbone, 0), "emit.models=[empty]", "emit.packages=true");

    assertThat(workdir.list("runs/r1/models"))
        .containsExactly("MODEL_CARD.md", "empty.mlmodel", "empty.mlpackage");
    assertThat(result.models()).hasSize(2).last().asString().endsWith("/models/empty.mlpackage");
    byte[] manifest = workdir.read("runs/r1/models/empty.mlpackage/Manifest.json");
    assertThat(
            workdir.read(
                "runs/r1/models/empty.mlpackage/" + ModelPackage.rootModel(manifest, "empty")))
        .isEqualTo(workdir.read("runs/r1/models/empty.mlmodel"));
  }

  @Test
  void anEarlierEmissionsModelsGo() {
    Backbone backbone = tiny();
    emit(backbone, input(backbone, 0), "emit.models=[classifier, empty]");

    emit(backbone, input(backbone, 0), "emit.models=[plain]");

    assertThat(workdir.list("runs/r1/models")).containsExactly("MODEL_CARD.md", "plain.mlmodel");
    assertThat(workdir.list("runs/r1")).containsExactly("models");
  }

  @Test
  void nothingIsShippedWhenAModelDiffersFromItsHead() {
    assertRefused(
        "max-probability-difference",
        "classifier.mlmodel differs from its head by up to \\S+ in a probability on 10 photos, emit.max-probability-difference allows 2e-308",
        "emit.models=[classifier]",
        "emit.max-probability-difference=2.3e-308");
  }

  @Test
  void nothingIsShippedWhenAPlaceholderWins() {
    assertRefused(
        "placeholder-wins",
        "classifier.mlmodel takes [1-9]\\d? of 10 photos for a placeholder: set emit.placeholder-bias to auto or lower, or lower emit.placeholder-probability",
        "emit.max-placeholder-probability=1",
        "emit.placeholder-bias=2");
  }

  @Test
  void nothingIsShippedWhenPlaceholdersTakeTooMuch() {
    assertRefused(
        "placeholder-probability",
        "plain.mlmodel gives placeholders a probability of \\S+ in the mean over 10 photos, emit.max-placeholder-probability allows 1e-03: set emit.placeholder-bias to auto or lower, or lower emit.placeholder-probability",
        "emit.models=[plain]",
        "emit.placeholder-bias=-4");
  }

  private void assertRefused(String condition, String detail, String... overrides) {
    Backbone backbone = tiny();
    workdir.write("runs/r1/heads/sgd.json", new byte[0]);
    EmitModel emitter = emitter(backbone, overrides);

    EmitModel.Result written = emitter.run(input(backbone, 0));

    assertThat(emitter.conditions(written))
        .filteredOn(each -> !each.passed())
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.name()).isEqualTo(condition);
              assertThat(failed.detail()).matches(detail);
              assertThat(failed.value()).isGreaterThan(failed.limit());
            });
    assertThat(emitter.ship("r1", written)).isEqualTo(written);
    assertThat(written.models())
        .allSatisfy(
            model -> assertThat(model).startsWith(workdir.uri("runs/r1/models-unchecked") + "/"));
    assertThat(workdir.exists("runs/r1/models")).isFalse();
    assertThat(workdir.list("runs/r1/models-unchecked")).isNotEmpty();
  }

  @Test
  void conditionsThatAreMetSayWhatWasFound() {
    Backbone backbone = tiny();
    EmitModel emitter = emitter(backbone, "emit.models=[knn, classifier]");

    List<Report.Condition> conditions = emitter.conditions(emitter.run(input(backbone, 0)));

    assertThat(conditions)
        .extracting(Report.Condition::name, Report.Condition::limit, Report.Condition::passed)
        .containsExactly(
            tuple("invalid-models", 0.0, true),
            tuple("max-probability-difference", 1e-4, true),
            tuple("placeholder-wins", 0.0, true),
            tuple("placeholder-probability", 1e-3, true));
    assertThat(conditions.get(0).detail())
        .isEqualTo("all of 2 models keep Core ML's rules and run");
    assertThat(conditions.get(2).detail())
        .isEqualTo("classifier.mlmodel takes 0 of 10 photos for a placeholder");
  }

  @Test
  void anInvalidModelIsNamed() {
    List<Report.Condition> conditions =
        new ModelConditions(Settings.load(Optional.empty(), List.of()).emit())
            .of(
                new EmitModel.Result(
                    "sgd",
                    null,
                    List.of(),
                    "card",
                    10,
                    0,
                    0,
                    0,
                    0,
                    0,
                    List.of(
                        new EmitModel.ModelCheck("empty.mlmodel", "empty.mlmodel: no", 0, 0, 0),
                        new EmitModel.ModelCheck("classifier.mlmodel", null, 1e-6, 0, 0))));

    assertThat(conditions.get(0))
        .isEqualTo(new Report.Condition("invalid-models", 1, 0, false, "empty.mlmodel: no"));
    assertThat(conditions.get(1).value()).isEqualTo(1e-6);
  }

  /** The later of two emissions is refused: the models of the first stay as they are. */
  @Test
  void whatIsRefusedLeavesWhatWasShipped() {
    Backbone backbone = tiny();
    emit(backbone, input(backbone, 0), "emit.models=[classifier]");
    byte[] shipped = workdir.read("runs/r1/models/classifier.mlmodel");

    emit(backbone, input(backbone, 0), "emit.models=[classifier]", "emit.placeholder-bias=3");
    assertThat(workdir.read("runs/r1/models/classifier.mlmodel")).isEqualTo(shipped);

    emit(backbone, input(backbone, 0), "emit.models=[classifier]");
    assertThat(workdir.list("runs/r1")).containsExactly("models");
  }

  @Test
  void whatCannotBeMetIsRefusedBeforeTheTraining() {
    Backbone backbone = tiny();

    emitter(backbone).requirePossible(LABELS);
    emitter(backbone, "emit.training.layers=[conv, fullyconnected0]").requirePossible(LABELS);
    assertUsage(
        () -> emitter(backbone, "emit.training.layers=[conv1]").requirePossible(LABELS),
        "emit.training.layers cannot be had: there is no layer 'conv1' to train; the last layers are [conv, relu, pool, flatten0, fullyconnected0, labelProbability]");
    assertUsage(
        () -> emitter(backbone, "emit.placeholder-names=[a, b]").requirePossible(LABELS),
        "emit.placeholder-names has 2 names that no label has, for 7 placeholders beside 3 labels: name more, or lower emit.classes or emit.placeholders");
  }

  private static void assertUsage(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(message);
  }

  @Test
  void neighboursKnowPhotosFromTheStart() {
    Backbone backbone = tiny();
    EmitModel.Input input = input(backbone, 6);

    EmitModel.Result result = emit(backbone, input, "emit.models=[knn]");

    assertThat(result.maxProbabilityDifference()).isLessThan(1e-4);
    KNearestNeighborsClassifier classifier = neighbours();
    assertThat(classifier.getStringClassLabels().getVectorList())
        .containsExactly("✊", "✋", "user1", "✊", "✋", "user1");
    double[] standardized =
        input.trained().head().standardization().apply(input.neighbours().features()[4]);
    double[][] matrix = input.whitening().orElseThrow().matrix();
    for (int i = 0; i < 8; i++) {
      double whitened = 0;
      for (int j = 0; j < 8; j++) {
        whitened += matrix[i][j] * standardized[j];
      }
      assertThat((double) classifier.getNearestNeighborsIndex().getFloatSamples(4).getVector(i))
          .isCloseTo(whitened, within(1e-4));
    }
  }

  /** What is around the trainable layer: the photos' features are white inside each label. */
  @Test
  void theTrainableLayerReadsWhitenedFeatures() {
    Backbone backbone = tiny();

    emit(backbone, input(backbone, 0), "emit.models=[classifier, empty, plain]");

    assertThat(lastLayers("classifier"))
        .containsExactly(
            "standardize", "flatten0", "whiten", "fullyconnected0", "gamma", "labelProbability");
    assertThat(lastLayers("empty"))
        .containsExactly(
            "pool", "standardize", "flatten0", "whiten", "fullyconnected0", "labelProbability");
    assertThat(lastLayers("plain"))
        .containsExactly(
            "relu", "pool", "standardize", "flatten0", "fullyconnected0", "labelProbability");
    List<NeuralNetworkLayer> layers =
        read("classifier").getNeuralNetworkClassifier().getLayersList();
    float slow = (float) Math.sqrt(0.1);
    assertThat(layers.get(layers.size() - 2).getBatchnorm().getGamma().getFloatValueList())
        .containsExactly(slow, slow, slow, 1f, 1f, 1f, 1f, 1f, 1f, 1f);
    assertThat(layers)
        .filteredOn(NeuralNetworkLayer::getIsUpdatable)
        .extracting(NeuralNetworkLayer::getName)
        .containsExactly("fullyconnected0");
  }

  private List<String> lastLayers(String model) {
    List<String> names =
        read(model).getNeuralNetworkClassifier().getLayersList().stream()
            .map(NeuralNetworkLayer::getName)
            .toList();
    return names.subList(names.size() - 6, names.size());
  }

  @Test
  void aPhoneTrainsTheClassifier() {
    Backbone backbone = tiny();
    EmitModel.Input input = input(backbone, 0);
    emit(backbone, input, "emit.models=[classifier]");
    PhoneModel phone = PhoneModel.of(read("classifier"), "classifier");
    byte[] photo = input.images().get(3).pixels().get();
    int label = phone.labels().indexOf("user0");
    float[][] values;
    try (CompiledNetwork fixed = CompiledNetwork.load(phone.fixed(), 1)) {
      values = fixed.run(List.of(photo));
    }

    PhoneModel updated =
        phone
            .update(values, List.of("user0"), DeviceSettings.DEFAULTS, UpdateHandlers.NONE)
            .model();

    assertThat(updated.probabilities(values)[0][label])
        .isGreaterThan(100 * phone.probabilities(values)[0][label]);
    try (ImageClassifier classifier = ImageClassifier.load(updated.model(), "updated", 1)) {
      assertThat((double) classifier.probabilities(List.of(photo))[0][label])
          .isCloseTo(updated.probabilities(values)[0][label], within(1e-5));
    }
  }

  @Test
  void foldedNeighboursCompareFeaturesAsTheyAre() {
    Backbone backbone = tiny();
    EmitModel.Input input = input(backbone, 6);

    EmitModel.Result result = emit(backbone, input, "emit.models=[knn]", "emit.standardize=folded");

    assertThat(result.maxProbabilityDifference()).isLessThan(1e-4);
    assertThat(
            read("knn")
                .getPipelineClassifier()
                .getPipeline()
                .getModels(0)
                .getNeuralNetwork()
                .getLayersList())
        .extracting(NeuralNetworkLayer::getName)
        .containsExactly("conv", "relu", "pool", "flatten0");
    for (int i = 0; i < 8; i++) {
      assertThat(neighbours().getNearestNeighborsIndex().getFloatSamples(5).getVector(i))
          .isEqualTo(input.neighbours().features()[5][i]);
    }
  }

  private KNearestNeighborsClassifier neighbours() {
    return read("knn")
        .getPipelineClassifier()
        .getPipeline()
        .getModels(1)
        .getKNearestNeighborsClassifier();
  }

  @Test
  void halfPrecisionHasALimitOfItsOwn() throws IOException {
    Backbone backbone = Backbone.read(bytes(SharedMaterial.squeezeNet()), "squeezenet", "flatten");
    EmitModel.Input input = input(backbone, 6);
    EmitModel.Result full = emit(backbone, input, "emit.models=[classifier, knn, plain]");
    long size = workdir.read("runs/r1/models/plain.mlmodel").length;

    EmitModel.Result half =
        emit(backbone, input, "emit.models=[classifier, knn, plain]", "emit.half-precision=true");

    assertThat(full.maxProbabilityDifference()).isLessThan(1e-4);
    assertThat(half.maxProbabilityDifference()).isBetween(1e-5, 0.02);
    assertThat((double) workdir.read("runs/r1/models/plain.mlmodel").length / size)
        .isBetween(0.5, 0.51);
    assertThat(read("plain").getSpecificationVersion()).isEqualTo(2);
    assertThat(read("classifier").getSpecificationVersion()).isEqualTo(4);
  }

  @Test
  void allFormsOfTheFrontPredictTheSame() throws IOException {
    Backbone backbone = Backbone.read(bytes(SharedMaterial.squeezeNet()), "squeezenet", "flatten");
    EmitModel.Input input = input(backbone, 0);
    for (String form : List.of("whiten", "layer", "folded")) {
      emit(
          backbone,
          input,
          "emit.models=[classifier]",
          "emit.standardize=" + form,
          "emit.old-label-rate=" + (form.equals("layer") ? "1" : "0.1"));
      float[][] found = probabilities("classifier", input);

      for (int i = 0; i < PHOTOS; i++) {
        double[] head = input.trained().head().probabilities(input.images().get(i).feature());
        for (int label = 0; label < 3; label++) {
          // Placeholders take a little from all.
          assertThat((double) found[i][label]).as("%s", form).isCloseTo(head[label], within(1e-4));
        }
      }
    }
  }

  /** A layer of the backbone that trains on the phone, and one that cannot. */
  @Test
  void layersOfTheRealBackboneCanTrain() throws IOException {
    Backbone backbone = Backbone.read(bytes(SharedMaterial.squeezeNet()), "squeezenet", "flatten");

    EmitModel.Result result =
        emit(
            backbone,
            input(backbone, 0),
            "emit.models=[classifier]",
            "emit.training.layers=[conv10, fullyconnected0]",
            "emit.training.optimizer=adam");

    assertThat(result.maxProbabilityDifference()).isLessThan(1e-5);
    assertThat(read("classifier").getNeuralNetworkClassifier().getLayersList())
        .filteredOn(NeuralNetworkLayer::getIsUpdatable)
        .extracting(NeuralNetworkLayer::getName)
        .containsExactly("conv10", "fullyconnected0");
    assertUsage(
        () ->
            emitter(backbone, "emit.training.layers=[\"fire9/expand3x3\"]").requirePossible(LABELS),
        "emit.training.layers cannot be had: the layer 'fire9/expand3x3' cannot be trained: the layer 'fire9/concat' is in the way, which passes no gradients back");
    assertUsage(
        () -> emitter(backbone, "emit.training.layers=[conv10]").requirePossible(LABELS),
        "emit.training.layers is [conv10] without fullyconnected0, whose biases silence the placeholders: no photo could ever win them back");
  }

  private float[][] probabilities(String name, EmitModel.Input input) {
    try (ImageClassifier classifier = ImageClassifier.load(read(name), name, 4)) {
      return input.images().stream()
          .map(image -> classifier.probabilities(List.of(image.pixels().get()))[0])
          .toArray(float[][]::new);
    }
  }

  private Model read(String name) {
    return ModelFile.parse(workdir.read("runs/r1/models/" + name + ".mlmodel"), name);
  }

  private EmitModel.Result emit(Backbone backbone, EmitModel.Input input, String... overrides) {
    EmitModel emitter = emitter(backbone, overrides);
    return emitter.ship("r1", emitter.run(input));
  }

  private EmitModel emitter(Backbone backbone, String... overrides) {
    return new EmitModel(
        workdir, backbone, Settings.load(Optional.empty(), List.of(overrides)).emit());
  }

  private static Backbone tiny() {
    return Backbone.read(bytes(TinyModel.backbone().build()), "/home/me/tiny.mlmodel", "flatten");
  }

  private static byte[] bytes(Model model) {
    return model.toByteArray();
  }

  /** Of photos of noise, and a head whose logits go either way. */
  private static EmitModel.Input input(Backbone backbone, int neighbours) {
    List<byte[]> photos = photos(backbone, PHOTOS + neighbours);
    float[][] features = features(backbone, photos);
    List<EmitModel.CheckImage> images =
        IntStream.range(0, PHOTOS)
            .mapToObj(i -> new EmitModel.CheckImage(() -> photos.get(i), features[i]))
            .toList();
    Head head = head(features);
    Examples all = examples(features, 0, features.length);
    return new EmitModel.Input(
        new TrainedHead("r1", "pipe", 4, 5, head),
        SampleReports.digits(),
        Crop.CENTER_CROP,
        images,
        examples(features, PHOTOS, PHOTOS + neighbours),
        Optional.of(Whitening.of(all, head.standardization(), 3, 0.1)),
        Arrays.stream(features)
            .mapToDouble(row -> 1 / Arrays.stream(head.centered().logits(row)).map(Math::exp).sum())
            .average()
            .orElseThrow());
  }

  private static Examples examples(float[][] features, int from, int to) {
    int count = to - from;
    return new Examples(
        Arrays.copyOfRange(features, from, to),
        IntStream.range(0, count).map(i -> i % 3).toArray(),
        new String[count],
        new String[count],
        new int[count]);
  }

  private static Head head(float[][] features) {
    Random random = new Random(3);
    double[][] weights = new double[3][features[0].length];
    for (double[] row : weights) {
      for (int i = 0; i < row.length; i++) {
        row[i] = 2 * random.nextGaussian() / Math.sqrt(row.length);
      }
    }
    return new Head(
        "sgd",
        LABELS,
        Standardization.fit(features),
        weights,
        new double[] {-1, -1.5, -0.5},
        Map.of("l2", 0.01),
        1);
  }

  private static List<byte[]> photos(Backbone backbone, int count) {
    Random random = new Random(4);
    List<byte[]> photos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels =
          new byte[3 * backbone.features().image().width() * backbone.features().image().height()];
      int brightness = 40 + random.nextInt(180);
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (byte) (brightness + random.nextInt(60) - 30);
      }
      photos.add(pixels);
    }
    return photos;
  }

  private static float[][] features(Backbone backbone, List<byte[]> photos) {
    try (CompiledNetwork network = backbone.compile(1, NetworkEngine.PYTORCH)) {
      return photos.stream().map(photo -> network.run(List.of(photo))[0]).toArray(float[][]::new);
    }
  }
}
