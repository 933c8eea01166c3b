package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.TinyModel;
import io.headgraft.coreml.proto.Model;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.dataset.Split;
import io.headgraft.evaluation.LabelMetrics;
import io.headgraft.features.Progress;
import io.headgraft.image.Augmentation;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.Rejection;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.Photos;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of eight labels on photos of three of them, and of one that it does not know. */
class EvaluateModelTest {

  private static final Model MODEL = TinyModel.backbone().build();
  private static final ImageOptions IMAGE = new ImageOptions(1_000_000, 1_000_000, Crop.SCALE_FILL);
  private static final int PHOTOS = 40;

  @TempDir private Path folder;

  private EvaluateModel.Result evaluate(Optional<Split> split, Progress progress) {
    return new EvaluateModel(
            LocalSpark.session(), new DatasetOptions(1, 0.2, 0.3, 0.2), IMAGE, progress)
        .run(TinyModel.NAME, MODEL.toByteArray(), 4, folder.toString(), split);
  }

  /** The labels are the model's own answers, but for every fourth photo. */
  private void writePhotos() throws IOException {
    ImageTransform transform = new ImageTransform(IMAGE, 8, 8);
    try (ImageClassifier classifier = ImageClassifier.load(MODEL, TinyModel.NAME, 1)) {
      for (int i = 0; i < PHOTOS; i++) {
        byte[] photo = Photos.png(i);
        byte[] pixels = transform.apply(photo, List.of(new Augmentation.None())).get(0);
        float[] row = classifier.probabilities(List.of(pixels))[0];
        int best = 0;
        for (int k = 0; k < row.length; k++) {
          best = row[k] > row[best] ? k : best;
        }
        String label = i % 4 == 0 ? "zebra" : classifier.labels().get(best);
        Photos.write(folder.resolve(label + "/" + i + ".png"), photo);
      }
    }
  }

  @Test
  void measuresAllImages() throws IOException {
    writePhotos();
    Photos.write(folder.resolve("a/copy.png"), Photos.png(0));
    Photos.write(folder.resolve("a/text.png"), "text".getBytes(StandardCharsets.UTF_8));
    Photos.write(folder.resolve("beside.png"), Photos.png(1000));
    AtomicLong last = new AtomicLong();

    EvaluateModel.Result result =
        evaluate(
            Optional.empty(),
            (done, total) -> {
              assertThat(total).isEqualTo(PHOTOS);
              last.set(done);
            });

    // Photo 0 lies in two label folders now and is in none.
    assertThat(result.images()).isEqualTo(PHOTOS - 1);
    assertThat(result.rejected())
        .isEqualTo(
            Map.of(
                Rejection.CONFLICTING_LABELS, 2,
                Rejection.NOT_AN_IMAGE, 1,
                Rejection.NO_LABEL, 1));
    assertThat(result.unknownLabels()).isEqualTo(Map.of("zebra", 9));
    assertThat(result.metrics().examples()).isEqualTo(PHOTOS - 1);
    assertThat(result.metrics().accuracy()).isCloseTo(30 / 39.0, within(1e-12));
    assertThat(result.metrics().perLabel())
        .extracting(LabelMetrics::label)
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "zebra");
    assertThat(result.split()).isNull();
    assertThat(last.get()).isEqualTo(PHOTOS);
  }

  @Test
  void theSplitsAreThoseOfTraining() throws IOException {
    writePhotos();

    int images = 0;
    for (Split split : Split.values()) {
      EvaluateModel.Result result = evaluate(Optional.of(split), Progress.NONE);
      assertThat(result.split()).isEqualTo(split.text());
      assertThat(result.images()).isBetween(1, PHOTOS - 2);
      images += result.images();
    }
    assertThat(images).isEqualTo(PHOTOS);
  }

  @Test
  void oneLabelIsEnough() throws IOException {
    Photos.write(folder.resolve("a/1.png"), 1);

    assertThat(evaluate(Optional.empty(), Progress.NONE).images()).isEqualTo(1);
  }

  @Test
  void refusesWhatHasNothingToMeasure() throws IOException {
    Photos.write(folder.resolve("train/a/1.png"), 1);
    assertThatThrownBy(() -> evaluate(Optional.of(Split.TEST), Progress.NONE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(folder + " holds no image in the test split");

    Photos.write(folder.resolve("test/a/1.png"), "text".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> evaluate(Optional.of(Split.TEST), Progress.NONE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "None of the 1 images of %s can be used whose label tiny.mlmodel knows; files not used: {NOT_AN_IMAGE=1}"
                .formatted(folder));

    Photos.write(folder.resolve("validation/zebra/1.png"), 2);
    assertThatThrownBy(() -> evaluate(Optional.of(Split.VALIDATION), Progress.NONE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "tiny.mlmodel knows the labels [a, b, c, d, e, f, g, h], the images have [zebra]");
  }
}
