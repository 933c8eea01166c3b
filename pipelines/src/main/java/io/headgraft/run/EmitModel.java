package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.Sha256;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.Inspection;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.ModelPackage;
import io.headgraft.coreml.Validator;
import io.headgraft.coreml.proto.Model;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Whitening;
import io.headgraft.image.Crop;
import io.headgraft.report.ModelCard;
import io.headgraft.report.ModelCard.ShippedFile;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.HeadReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Grafts a head on the backbone: models are written, read back, run, and compared with the head,
 * and take their place once all of them have passed.
 */
public final class EmitModel {

  private static final int BATCH_SIZE = 4;

  private static final String CARD = "MODEL_CARD.md";

  /** The model whose use the card explains, where it is among those that are shipped. */
  private static final String CARD_OF = ModelVariant.CLASSIFIER.file();

  private static final String MODELS = "models";

  /** Where models lie until they have passed; those that have not are left there. */
  private static final String UNCHECKED = "models-unchecked";

  private final WorkDirectory workdir;
  private final Backbone backbone;
  private final EmitOptions options;

  /**
   * An image to check the models on.
   *
   * @param pixels as the network takes them; asked for once for each model, since those of all
   *     images together may be more than memory holds
   * @param feature as it was cached
   */
  public record CheckImage(Supplier<byte[]> pixels, float[] feature) {}

  /**
   * What models are made of and held against.
   *
   * @param report of the run that trained the head
   * @param crop how photos were brought to the network's shape
   * @param neighbours training photos that the nearest-neighbours model knows from the start
   * @param whitening of the rows that the head was trained on, where the options ask for one
   * @param meanInverseSum of the {@linkplain Head#centered centered} head over them: see {@link
   *     io.headgraft.head.TrainingData#meanInverseSum}
   */
  public record Input(
      TrainedHead trained,
      Report report,
      Crop crop,
      List<CheckImage> images,
      Examples neighbours,
      Optional<Whitening> whitening,
      double meanInverseSum) {

    /** The accuracy of the head on the test split, where there is one. */
    OptionalDouble testAccuracy() {
      return report.head(trained.head().name()).map(HeadReport::test).stream()
          .mapToDouble(Metrics::accuracy)
          .findFirst();
    }
  }

  /**
   * One model's figures.
   *
   * @param model the file's name
   * @param invalid why phones would not take it, or why it cannot be run; null if they would. Then
   *     the following are 0
   * @param maxProbabilityDifference between the model and its head, over all images and labels
   * @param wins images that it takes for a placeholder
   * @param probability of all placeholders together, in the mean over the images
   */
  public record ModelCheck(
      String model,
      String invalid,
      double maxProbabilityDifference,
      int wins,
      double probability) {}

  /**
   * What was written.
   *
   * @param head the name of the chosen head
   * @param testAccuracy of that head; null without test photos
   * @param models where they lie, packages included
   * @param modelCard where it lies
   * @param images that the models were checked on
   * @param maxProbabilityDifference the largest of all models
   * @param placeholderWins images that a trained model takes for a placeholder
   * @param placeholderProbability of all placeholders together in a trained model, in the mean over
   *     the images
   * @param unsilencedPlaceholderWins the same if the rows and biases of placeholders were zero
   * @param unsilencedPlaceholderProbability likewise
   * @param checks of each model
   */
  public record Result(
      String head,
      Double testAccuracy,
      List<String> models,
      String modelCard,
      int images,
      double maxProbabilityDifference,
      int placeholderWins,
      double placeholderProbability,
      int unsilencedPlaceholderWins,
      double unsilencedPlaceholderProbability,
      List<ModelCheck> checks) {}

  /** Prepares an emission with a backbone, which has to be the one that made the features. */
  public EmitModel(WorkDirectory workdir, Backbone backbone, EmitOptions options) {
    this.workdir = workdir;
    this.backbone = backbone;
    this.options = options;
  }

  /**
   * Refuses, before any training, settings that cannot be met.
   *
   * @param labels of the data set
   * @throws HeadgraftException (exit code 2) if there are too few placeholder names, or a layer
   *     cannot be trained on the device
   */
  public void requirePossible(List<String> labels) {
    new ModelDrafts(backbone, options).requirePossible(labels);
  }

  /**
   * Writes the models of a run and checks them: each is read back, held against Core ML's rules and
   * run on the images. They lie apart until {@link #ship} gives them their place.
   */
  public Result run(Input input) {
    String folder = "runs/" + input.trained().run() + "/" + UNCHECKED;
    workdir.delete(folder);
    List<ModelCheck> checks = new ArrayList<>();
    List<String> written = new ArrayList<>();
    List<ShippedFile> files = new ArrayList<>();
    for (ModelVariant variant : options.models()) {
      ModelDraft draft = new ModelDrafts(backbone, options).of(variant, input);
      written.addAll(write(folder + "/", draft));
      checks.add(check(folder + "/", draft, input));
      files.add(shipped(draft, checks.get(checks.size() - 1)));
    }
    files.sort(Comparator.comparing(file -> !file.name().equals(CARD_OF)));
    workdir.write(
        folder + "/" + CARD,
        ModelCard.markdown(
            input.report(),
            input.trained().head().name(),
            input.crop(),
            input.images().size(),
            files));
    return result(
        input,
        checks,
        written.stream().map(name -> workdir.uri(folder + "/" + name)).toList(),
        workdir.uri(folder + "/" + CARD));
  }

  /** What the models had to meet by themselves, whatever is live. */
  public List<Condition> conditions(Result written) {
    return new ModelConditions(options).of(written);
  }

  /**
   * Gives models that meet their conditions the place of those of an earlier emission; those that
   * do not stay where they lie.
   *
   * @return where they are now
   */
  public Result ship(String run, Result written) {
    if (!conditions(written).stream().allMatch(Condition::passed)) {
      return written;
    }
    String folder = "runs/" + run + "/";
    workdir.replaceFolder(folder + MODELS, folder + UNCHECKED);
    UnaryOperator<String> moved =
        uri -> workdir.uri(folder + MODELS + uri.substring(uri.lastIndexOf('/')));
    return new Result(
        written.head(),
        written.testAccuracy(),
        written.models().stream().map(moved).toList(),
        moved.apply(written.modelCard()),
        written.images(),
        written.maxProbabilityDifference(),
        written.placeholderWins(),
        written.placeholderProbability(),
        written.unsilencedPlaceholderWins(),
        written.unsilencedPlaceholderProbability(),
        written.checks());
  }

  private ShippedFile shipped(ModelDraft draft, ModelCheck check) {
    byte[] bytes = draft.model().toByteArray();
    return new ShippedFile(
        check.model(),
        options.storage().packages(),
        bytes.length,
        Sha256.hex(bytes),
        check.maxProbabilityDifference(),
        Inspection.of(draft.model()));
  }

  /** The names of what is written. */
  private List<String> write(String folder, ModelDraft draft) {
    byte[] bytes = draft.model().toByteArray();
    String file = draft.variant().file();
    workdir.write(folder + file, bytes);
    if (!options.storage().packages()) {
      return List.of(file);
    }
    String name = draft.variant().text() + ModelPackage.SUFFIX;
    ModelPackage.files(bytes)
        .forEach((path, content) -> workdir.write(folder + name + "/" + path, content));
    requireSame(folder, file, name);
    return List.of(file, name);
  }

  private void requireSame(String folder, String file, String name) {
    byte[] manifest = workdir.read(folder + name + "/" + ModelPackage.MANIFEST);
    String model = folder + name + "/" + ModelPackage.rootModel(manifest, name);
    if (!Arrays.equals(workdir.read(model), workdir.read(folder + file))) {
      throw HeadgraftException.unusable(
          "%s is not what was written to %s".formatted(workdir.uri(model), file));
    }
  }

  private ModelCheck check(String folder, ModelDraft draft, Input input) {
    String file = draft.variant().file();
    try {
      return run(workdir.uri(folder + file), workdir.read(folder + file), draft, input);
    } catch (HeadgraftException e) {
      return new ModelCheck(file, e.getMessage(), 0, 0, 0);
    }
  }

  private static ModelCheck run(String name, byte[] file, ModelDraft draft, Input input) {
    Model readBack = ModelFile.parse(file, name);
    Validator.requireValid(readBack, name);
    int real =
        draft.variant() == ModelVariant.KNN
            ? draft.labels().size()
            : input.trained().head().labels().size();
    try (ImageClassifier classifier = ImageClassifier.load(readBack, name, BATCH_SIZE)) {
      EmittedModelCheck.Result found =
          new EmittedModelCheck(classifier, real).run(input.images(), draft);
      return new ModelCheck(
          draft.variant().file(),
          null,
          found.maxDifference(),
          found.placeholders().wins(),
          found.placeholders().probability());
    }
  }

  private Result result(
      Input input, List<ModelCheck> checks, List<String> models, String modelCard) {
    Head head = input.trained().head();
    PlaceholderShare unsilenced =
        PlaceholderShare.unsilenced(
            head, options.placeholders().count(head.labels().size()), input.images());
    return new Result(
        head.name(),
        input.testAccuracy().isPresent() ? input.testAccuracy().getAsDouble() : null,
        models,
        modelCard,
        input.images().size(),
        checks.stream().mapToDouble(ModelCheck::maxProbabilityDifference).max().orElse(0),
        ModelConditions.trained(checks).stream().mapToInt(ModelCheck::wins).max().orElse(0),
        ModelConditions.trained(checks).stream()
            .mapToDouble(ModelCheck::probability)
            .max()
            .orElse(0),
        unsilenced.wins(),
        unsilenced.probability(),
        checks);
  }
}
