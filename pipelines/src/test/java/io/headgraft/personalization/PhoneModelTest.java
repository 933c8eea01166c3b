package io.headgraft.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.FeatureLayers;
import io.headgraft.coreml.Grafts;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.TinyModel;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.coreml.Validator;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.coreml.WholeHyperparameter.Allowed;
import io.headgraft.coreml.proto.Model;
import io.headgraft.head.UpdateRule;
import io.headgraft.personalization.PhoneModel.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneModelTest {

  private static final String FILE = "phone.mlmodel";
  private static final List<String> LABELS = List.of("a", "user0", "b", "user0", "a");

  private static Model model(String... layers) {
    return Grafts.trainable(true, Grafts.sgd(0.05, layers));
  }

  private static List<byte[]> images() {
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < LABELS.size(); i++) {
      images.add(Grafts.image(i));
    }
    return images;
  }

  private static float[][] values(PhoneModel phone) {
    try (CompiledNetwork fixed = CompiledNetwork.load(phone.fixed(), LABELS.size())) {
      return fixed.run(images());
    }
  }

  /** What the simulation says, and what the file does when it is run: the same. */
  private static double[][] assertPredictsItsFile(PhoneModel phone) {
    Model back = ModelFile.parse(phone.model().toByteArray(), FILE);
    Validator.requireValid(back, FILE);
    double[][] expected = phone.probabilities(values(phone));
    try (ImageClassifier classifier = ImageClassifier.load(back, FILE, LABELS.size())) {
      assertThat(classifier.labels()).isEqualTo(phone.labels());
      float[][] found = classifier.probabilities(images());
      for (int i = 0; i < found.length; i++) {
        for (int k = 0; k < found[i].length; k++) {
          assertThat((double) found[i][k]).isCloseTo(expected[i][k], within(1e-5));
        }
      }
    }
    return expected;
  }

  @ParameterizedTest
  @ValueSource(strings = {"fullyconnected0", "conv10", "conv10,fullyconnected0"})
  void theUpdatedModelIsValidAndPredictsWhatWasSimulated(String layers) {
    for (boolean relu : new boolean[] {true, false}) {
      Model model = Grafts.trainable(relu, Grafts.sgd(0.05, layers.split(",")));
      PhoneModel phone = PhoneModel.of(model, FILE);
      double[][] before = assertPredictsItsFile(phone);

      Update update =
          phone.update(values(phone), LABELS, DeviceSettings.DEFAULTS, UpdateHandlers.NONE);

      double[][] after = assertPredictsItsFile(update.model());
      assertThat(update.options()).containsEntry("layers", List.of(layers.split(",")));
      assertThat(update.epochs()).hasSize(10);
      assertThat(update.epochs().get(9).mean()).isLessThan(update.epochs().get(0).mean());
      assertThat(after[1][2]).as("user0 of a photo of user0").isGreaterThan(before[1][2]);
      assertThat(update.model().model().getIsUpdatable()).isTrue();
      assertThat(phone.model()).as("the start is left alone").isEqualTo(model);
    }
  }

  @Test
  void theSameUpdateGivesTheSameFile() {
    assertThat(updated()).isEqualTo(updated());
  }

  private static byte[] updated() {
    PhoneModel phone = PhoneModel.of(model("conv10", "fullyconnected0"), FILE);
    return phone
        .update(values(phone), LABELS, DeviceSettings.DEFAULTS, UpdateHandlers.NONE)
        .model()
        .model()
        .toByteArray();
  }

  @Test
  void cancellingGivesTheModelAsItIsThen() {
    PhoneNetwork phone = (PhoneNetwork) PhoneModel.of(model("fullyconnected0"), FILE);
    List<TrainableLayers> seen = new ArrayList<>();
    Update update =
        phone.update(
            values(phone),
            LABELS,
            DeviceSettings.DEFAULTS,
            new UpdateHandlers(
                EnumSet.of(UpdateEvent.MINI_BATCH_END),
                context -> {
                  seen.add(context.layers().get());
                  return seen.size() == 2 ? UpdateResponse.CANCEL : UpdateResponse.CONTINUE;
                }));

    assertThat(update.cancelled()).isTrue();
    assertThat(update.model().model()).isEqualTo(phone.with(seen.get(1)).model());
    assertPredictsItsFile(update.model());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LEARNING_RATE   | 2 | personalize.learning-rate is 2.0; phone.mlmodel allows values within [0.0, 1.0], and an app can set no other",
        "MOMENTUM        | -1 | personalize.momentum is -1.0; phone.mlmodel allows values within [0.0, 1.0], and an app can set no other",
        "MINI_BATCH_SIZE | 3 | personalize.mini-batch-size is 3; phone.mlmodel allows values one of [1, 2, 8, 16], and an app can set no other",
        "EPOCHS          | 11 | personalize.epochs is 11; phone.mlmodel allows values one of [1, 10, 50], and an app can set no other",
        "BETA1           | 0.5 | personalize.beta1 is set, but phone.mlmodel trains by sgd, which has no such number: leave it out",
        "NUMBER_OF_NEIGHBORS | 3 | personalize.number-of-neighbors is set, but phone.mlmodel trains by sgd, which has no such number: leave it out",
      })
  void valuesThatTheModelDoesNotAllow(HyperParameter parameter, double value, String message) {
    PhoneModel phone = PhoneModel.of(model("fullyconnected0"), FILE);

    assertThatThrownBy(() -> phone.requireAllowed(set(parameter, value)))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(message);
  }

  private static DeviceSettings set(HyperParameter parameter, double value) {
    Number number = parameter.isWhole() ? (Number) (long) value : (Number) value;
    return new DeviceSettings(Map.of(parameter, number), Optional.empty());
  }

  @Test
  void aHandlerIsHeldToTheSameRanges() {
    PhoneModel phone = PhoneModel.of(model("fullyconnected0"), FILE);
    UpdateHandlers handlers =
        new UpdateHandlers(
            EnumSet.of(UpdateEvent.EPOCH_END),
            context -> new UpdateResponse.Resume(context.parameters().withLearningRate(1.5)));

    assertThatThrownBy(() -> phone.update(values(phone), LABELS, DeviceSettings.DEFAULTS, handlers))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageContaining("personalize.learning-rate is 1.5");
  }

  @Test
  void adamHasItsOwnNumbers() {
    WholeHyperparameter two = new WholeHyperparameter(2, new Allowed.Range(1, 4));
    OnDeviceTraining training =
        new OnDeviceTraining(
            List.of("fullyconnected0"),
            new OnDeviceOptimizer.Adam(
                new DoubleHyperparameter(0.25, 0, 1),
                two,
                new DoubleHyperparameter(0.5, 0, 1),
                new DoubleHyperparameter(0.75, 0, 1),
                new DoubleHyperparameter(0.125, 0, 1)),
            two,
            false,
            Optional.of(new WholeHyperparameter(7, new Allowed.Values(List.of(7L, 9L)))));
    PhoneModel phone = PhoneModel.of(Grafts.trainable(true, training), FILE);
    List<DeviceOptions> seen = new ArrayList<>();
    phone.update(
        values(phone),
        LABELS,
        set(HyperParameter.BETA2, 0.5),
        new UpdateHandlers(
            EnumSet.of(UpdateEvent.TRAINING_BEGIN),
            context -> {
              seen.add(context.parameters());
              return UpdateResponse.CONTINUE;
            }));

    assertThat(seen)
        .containsExactly(
            new DeviceOptions(new UpdateRule.Adam(0.5, 0.5, 0.125), 0.25, 2, 2, false, 7));
    assertThatThrownBy(() -> phone.requireAllowed(set(HyperParameter.MOMENTUM, 0.5)))
        .hasMessageContaining("trains by adam, which has no such number");
    assertThatThrownBy(() -> phone.requireAllowed(set(HyperParameter.SEED, 8)))
        .hasMessageContaining("personalize.seed is 8");
  }

  @Test
  void modelsThatCannotBeTrained() {
    assertThatThrownBy(() -> PhoneModel.of(TinyModel.backbone().build(), FILE))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessageContaining(FILE);
    Model.Builder frozen = model("fullyconnected0").toBuilder().setIsUpdatable(false);
    assertThatThrownBy(() -> PhoneModel.of(frozen.build(), FILE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageContaining("not marked updatable");
  }

  @Test
  void aLayerThatIsNotSimulatedIsNamed() {
    Model model = model("conv10");
    Model.Builder strided = model.toBuilder();
    strided
        .getNeuralNetworkClassifierBuilder()
        .getLayersBuilder(2)
        .getConvolutionBuilder()
        .addAllStride(List.of(2L, 2L));

    assertThatThrownBy(() -> PhoneModel.of(strided.build(), FILE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "phone.mlmodel: its training cannot be simulated because of the layer 'conv10' (CONVOLUTION): 1×1 convolutions alone are simulated, of one group and stride 1");
  }

  @Test
  void anUnknownLabelIsRefused() {
    PhoneModel phone = PhoneModel.of(model("fullyconnected0"), FILE);

    assertThatThrownBy(
            () ->
                phone.update(
                    new float[1][70], List.of("c"), DeviceSettings.DEFAULTS, UpdateHandlers.NONE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("phone.mlmodel does not know the label 'c'; it has [a, b, user0]");
  }

  @Test
  void divergenceIsSaid() {
    PhoneModel phone = PhoneModel.of(model("fullyconnected0"), FILE);
    float[][] huge = new float[5][70];
    for (float[] row : huge) {
      Arrays.fill(row, 3e38f);
    }
    Update update = phone.update(huge, LABELS, DeviceSettings.DEFAULTS, UpdateHandlers.NONE);

    assertThatThrownBy(() -> update.model().probabilities(huge))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageContaining("diverged")
        .hasMessageContaining("lower personalize.learning-rate");
  }

  @Test
  void nearestNeighboursAddExamples() {
    Model empty =
        KnnPipeline.build(
            new FeatureLayers(TinyModel.backbone().build(), "flatten", Optional.empty()),
            8,
            new KnnPipeline.Settings(
                new WholeHyperparameter(3, new Allowed.Range(1, 5)),
                KnnPipeline.VoteWeighting.INVERSE_DISTANCE,
                new KnnPipeline.Index.Linear(),
                "???"),
            List.of(),
            Grafts.METADATA);
    PhoneModel phone = PhoneModel.of(empty, FILE);
    assertThat(phone.labels()).containsExactly("???");
    assertThat(phone.learnt()).isEmpty();

    PhoneModel once =
        phone
            .update(
                values(phone),
                LABELS,
                set(HyperParameter.NUMBER_OF_NEIGHBORS, 1),
                UpdateHandlers.NONE)
            .model();
    double[][] after = assertPredictsItsFile(once);
    assertThat(once.labels()).containsExactly("a", "user0", "b");
    assertThat(after[1]).containsExactly(0, 1, 0);
    assertThat(after[2]).containsExactly(0, 0, 1);
    PhoneModel twice =
        once.update(values(phone), LABELS, DeviceSettings.DEFAULTS, UpdateHandlers.NONE).model();
    assertPredictsItsFile(twice);

    assertThatThrownBy(() -> phone.requireAllowed(set(HyperParameter.EPOCHS, 10)))
        .hasMessageContaining("personalize.epochs is set, but phone.mlmodel is one of nearest");
    assertThatThrownBy(() -> phone.requireAllowed(set(HyperParameter.NUMBER_OF_NEIGHBORS, 6)))
        .hasMessageContaining("within [1, 5]");
  }
}
