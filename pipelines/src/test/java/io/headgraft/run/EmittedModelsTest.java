package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.image.Augmentation;
import io.headgraft.personalization.ForecastOptions;
import io.headgraft.personalization.ForecastPhotos;
import io.headgraft.personalization.Forecaster;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmittedModelsTest {

  private static final int VARIANTS = 5;
  private static final float[] FEATURES = new float[1000];

  /** The most rows that a forecast is given, the digits, the demo's photos, and few. */
  @ParameterizedTest
  @CsvSource({"50, 80, 20", "10, 165, 20", "3, 48, 6", "2, 20, 5"})
  void aForecastFitsIntoItsBudget(int labels, int photos, int tested) {
    ForecastOptions options =
        new ForecastOptions(
            ForecastOptions.PHOTOS,
            ForecastOptions.REPLAY,
            ForecastOptions.NEW_LABELS,
            ForecastOptions.EPISODES,
            60,
            100,
            1);
    Head head = new Head("lbfgs", List.of(), null, null, null, Map.of("l2", 0.001), 0);
    EmittedModels models = new EmittedModels(Settings.load(Optional.empty(), List.of()), head);

    assertThat(new Forecaster(null, options, models).work(photos(labels, photos, tested)))
        .isBetween(options.multiplyAdds() / 200, options.multiplyAdds());
  }

  /** Whose values nobody looks at; the odd variants are mirrored. */
  private static ForecastPhotos photos(int labels, int photos, int tested) {
    Examples training = examples("train", labels, photos, VARIANTS);
    Augmentation[] augmentations = new Augmentation[training.size()];
    for (int i = 0; i < augmentations.length; i++) {
      augmentations[i] =
          training.variants()[i] % 2 == 0
              ? new Augmentation.None()
              : new Augmentation.HorizontalFlip();
    }
    return new ForecastPhotos(
        IntStream.range(0, labels).mapToObj(i -> "label " + i).toList(),
        training.and(examples("test", labels, tested, 1)),
        training.size(),
        augmentations,
        "test photos");
  }

  private static Examples examples(String name, int labels, int photos, int variants) {
    int rows = labels * photos * variants;
    float[][] features = new float[rows][];
    Arrays.fill(features, FEATURES);
    String[] ids = new String[rows];
    Arrays.setAll(ids, i -> "%s %06d".formatted(name, i / variants));
    return new Examples(
        features,
        IntStream.range(0, rows).map(i -> i / (photos * variants)).toArray(),
        ids,
        ids,
        IntStream.range(0, rows).map(i -> i % variants).toArray());
  }
}
