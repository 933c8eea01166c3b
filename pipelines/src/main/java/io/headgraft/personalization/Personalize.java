package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.Sha256;
import io.headgraft.coreml.ClassLabels;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.proto.Model;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.features.Progress;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.RejectedImageException;
import io.headgraft.image.Rejection;
import io.headgraft.personalization.AccuracyCurve.Point;
import io.headgraft.personalization.PhoneModel.Update;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/** Personalizes an updatable model with a folder of photos, as a phone would, and measures it. */
public final class Personalize {

  /** What the written model says it comes from: the SHA-256 of that model's file. */
  private static final String FROM = "io.headgraft.personalized-from";

  private final Configuration hadoop;
  private final ImageOptions image;
  private final double maxRejected;
  private final Function<String, Progress> progress;

  /**
   * What is wanted.
   *
   * @param model what to call the model
   * @param file its bytes
   * @param data URI of a folder: one folder a label; of {@code train}, {@code validation} and
   *     {@code test} folders the first is trained with, the last measured on
   * @param test URI of a folder to measure on, whatever its splits
   * @param labels what placeholders are called from now on
   * @param settings what differs from the model's defaults
   * @param out where the updated model goes
   */
  public record Input(
      String model,
      byte[] file,
      String data,
      Optional<String> test,
      Map<String, String> labels,
      DeviceSettings settings,
      Path out) {}

  /**
   * What came of it.
   *
   * @param settings that the model was trained with, by name
   * @param labels what placeholders are called now
   * @param oldLabels those that the model knew
   * @param newLabels those that were added: placeholders, or of nearest neighbours any
   * @param train the number of photos by label
   * @param test likewise; null if there are none
   * @param rejected photos that were not used
   * @param epochs how the model learnt; its first entry, of epoch 0, is before
   * @param cancelled whether a handler stopped it: then the file is a checkpoint
   * @param seconds of training alone
   * @param maxProbabilityDifference between the written model, run through its graph, and the
   *     simulation, over all photos and labels
   */
  public record Result(
      String model,
      String out,
      Map<String, Object> settings,
      Map<String, String> labels,
      List<String> oldLabels,
      List<String> newLabels,
      Map<String, Integer> train,
      Map<String, Integer> test,
      Map<Rejection, Integer> rejected,
      List<Point> epochs,
      boolean cancelled,
      double seconds,
      double maxProbabilityDifference) {}

  /**
   * Prepares.
   *
   * @param hadoop how folders are reached
   * @param image how an image comes to the model's input, as in training
   * @param maxRejected share of the files that may be unusable
   * @param progress of a stage, by its name
   */
  public Personalize(
      Configuration hadoop,
      ImageOptions image,
      double maxRejected,
      Function<String, Progress> progress) {
    this.hadoop = hadoop;
    this.image = image;
    this.maxRejected = maxRejected;
    this.progress = progress;
  }

  /**
   * Trains, writes the model, and checks what was written.
   *
   * @param handlers as an app has them
   * @throws HeadgraftException if model, photos, labels or settings do not fit together; with exit
   *     code 2 where arguments are wrong, else 3
   */
  public Result run(Input input, UpdateHandlers handlers) {
    UpdatedFile out = UpdatedFile.at(input.out());
    Model model = ModelFile.parse(input.file(), input.model());
    PhoneModel before = PhoneModel.of(model, input.model());
    before.requireAllowed(input.settings());
    UserLabels labels = UserLabels.of(model, before, input.labels(), input.model());
    PhoneModel phone = PhoneModel.of(derived(model, labels, input), input.model());
    PersonalPhotos photos = photos(input, labels, phone);

    PhotoReader reader = new PhotoReader(hadoop, image, phone.fixed().image());
    Map<LabelledImage, RejectedImageException> bad = new HashMap<>();
    List<PhotoValues> all = reader.values(phone.fixed(), photos.all(), bad, progress.apply("read"));
    PersonalPhotos used = photos.without(bad);
    requireUsable(used, input);
    List<PhotoValues> train = all.subList(0, used.train().size());
    List<PhotoValues> test = all.subList(train.size(), all.size());

    Set<String> added = labels.added(PhotoValues.labels(train), before.learnt());
    AccuracyCurve curve = new AccuracyCurve(train, test, added);
    curve.begin(phone);
    double measured = curve.seconds();
    long start = System.nanoTime();
    Update update =
        phone.update(
            PhotoValues.matrix(train),
            PhotoValues.labels(train),
            input.settings(),
            curve.watching(phone, handlers));
    double seconds = (System.nanoTime() - start) / 1e9 - (curve.seconds() - measured);
    curve.end(update);
    double difference = out.write(update.model(), all, reader, progress.apply("check"));
    return new Result(
        input.model(),
        input.out().toString(),
        update.options(),
        labels.names(),
        phone.learnt().stream().filter(label -> !labels.isNew(label, added)).toList(),
        List.copyOf(added),
        PhotoValues.counts(train),
        test.isEmpty() ? null : PhotoValues.counts(test),
        counts(used.rejected()),
        curve.points(),
        update.cancelled(),
        seconds,
        difference);
  }

  private static Model derived(Model model, UserLabels labels, Input input) {
    Model.Builder named = ClassLabels.renamed(model, labels.names(), input.model()).toBuilder();
    named
        .getDescriptionBuilder()
        .getMetadataBuilder()
        .putUserDefined(FROM, Sha256.hex(input.file()));
    return named.build();
  }

  /** Labels before pixels: what is wrong with them should not wait for the network. */
  private PersonalPhotos photos(Input input, UserLabels labels, PhoneModel phone) {
    PersonalPhotos photos = PersonalPhotos.list(input.data(), input.test(), hadoop, image);
    labels.requirePlaces(photos.train(), input.data(), phone, input.model());
    labels.requirePlaces(photos.test(), input.test().orElse(input.data()), phone, input.model());
    return photos;
  }

  private void requireUsable(PersonalPhotos photos, Input input) {
    List<RejectedFile> bad =
        photos.rejected().stream().filter(file -> file.reason() != Rejection.DUPLICATE).toList();
    int files = photos.train().size() + photos.test().size() + bad.size();
    if (bad.size() > maxRejected * files || photos.train().isEmpty()) {
      throw HeadgraftException.unusable(
          "%d of %d photos of %s cannot be used, dataset.max-rejected allows a share of %s%s"
              .formatted(
                  bad.size(),
                  files,
                  input.data(),
                  maxRejected,
                  bad.isEmpty()
                      ? ""
                      : "; the first is %s: %s".formatted(bad.get(0).path(), bad.get(0).detail())));
    }
  }

  private static Map<Rejection, Integer> counts(List<RejectedFile> rejected) {
    Map<Rejection, Integer> counts = new EnumMap<>(Rejection.class);
    rejected.forEach(file -> counts.merge(file.reason(), 1, Integer::sum));
    return counts;
  }
}
