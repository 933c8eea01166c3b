package io.headgraft.run;

import io.headgraft.coreml.PlainClassifier;
import io.headgraft.dataset.Split;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.TrainingData;
import io.headgraft.image.Augmentation;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.personalization.Forecast;
import io.headgraft.personalization.ForecastOptions;
import io.headgraft.personalization.ForecastPhotos;
import io.headgraft.personalization.Forecaster;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Forecasts what users do with the models that a run emits, on its cached features, where the
 * configuration wants that.
 */
public final class PersonalizationForecast {

  /** Held-out photos that a forecast looks at: their share of its time does not grow. */
  private static final int MOST_TESTED = 1000;

  /**
   * Training rows that every task may be given: 80 MB of the usual features. Where training rows do
   * not fit into memory, they are of photos without their variants.
   */
  private static final int MOST_ROWS = 20_000;

  private static final String HEAD = PlainClassifier.HEAD;

  private final JavaSparkContext spark;
  private final Settings settings;

  /** Prepares a forecast. */
  public PersonalizationForecast(JavaSparkContext spark, Settings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /**
   * The forecast.
   *
   * @return one without rows, but with the reason, if it cannot be made
   */
  public Forecast of(Head head, TrainingData rows) {
    List<String> trained = settings.emit().training().layers();
    Split tested = rows.test().size() > 0 ? Split.TEST : Split.VALIDATION;
    Examples heldOut = rows.originals(tested).evenly(MOST_TESTED);
    if (!trained.contains(HEAD)) {
      return Forecast.none(
          "Nothing was played through: emit.training.layers trains %s alone, of whose inputs nothing is cached."
              .formatted(String.join(", ", trained)));
    }
    if (heldOut.size() == 0) {
      return Forecast.none(
          "Nothing was played through: the data set has neither test nor validation photos.");
    }
    Forecast forecast =
        new Forecaster(spark, options(), new EmittedModels(settings, head))
            .of(photos(rows, heldOut, tested));
    return trained.size() == 1 ? forecast : forecast.noting(alone(trained));
  }

  private static String alone(List<String> trained) {
    return "Phones train %s; played through was the training of %s alone, for what the others read is not cached."
        .formatted(String.join(", ", trained), HEAD);
  }

  private ForecastOptions options() {
    return new ForecastOptions(
        ForecastOptions.PHOTOS,
        ForecastOptions.REPLAY,
        ForecastOptions.NEW_LABELS,
        ForecastOptions.EPISODES,
        settings.forecast().getAsDouble(),
        settings.report().bootstrap(),
        settings.report().seed());
  }

  private ForecastPhotos photos(TrainingData rows, Examples heldOut, Split tested) {
    Examples training =
        rows.train()
            .map(all -> all.size() <= MOST_ROWS ? all : all.imagesEvenly(MOST_ROWS))
            .orElseGet(() -> rows.trainingSample(MOST_ROWS));
    return new ForecastPhotos(
        rows.labels(),
        training.and(heldOut),
        training.size(),
        augmentations(training),
        tested.text() + " photos");
  }

  /** What was done to an image in a variant follows from the two, so it need not be cached. */
  private Augmentation[] augmentations(Examples rows) {
    AugmentationSpec spec = settings.augmentations();
    List<Augmentation> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int variant = rows.variants()[i];
      all.add(variant == 0 ? new Augmentation.None() : spec.draw(rows.imageIds()[i], variant));
    }
    return all.toArray(Augmentation[]::new);
  }
}
