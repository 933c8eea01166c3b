package io.headgraft.personalization;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.Examples;
import io.headgraft.head.UpdateRule;
import io.headgraft.image.Augmentation;
import io.headgraft.personalization.Forecast.Row;
import io.headgraft.testing.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecasterTest {

  private static final int FEATURES = 8;
  private static final ForecastOptions OPTIONS =
      new ForecastOptions(List.of(1, 5, 50), List.of(0, 2), List.of(1, 2, 3), 20, 1, 199, 7);

  /**
   * Class means as a model: logits are 2 mean · x − |mean|², of the nearest mean the highest.
   *
   * @param spare as many rows of zeros, whose bias keeps them silent
   */
  private record Means(int spare) implements PhoneRecipe {

    @Override
    public Models models(List<String> labels, Examples photos) {
      Front front = features -> features;
      return new Models(
          List.of(
              new Start("trained", "shipped", front, layers(labels, photos), options(0.1)),
              new Start("trained", "copied", front, layers(labels, photos), options(50))),
          new Neighbors(front, 3, false, 0));
    }

    private static DeviceOptions options(double rate) {
      return new DeviceOptions(new UpdateRule.Sgd(0), rate, 4, 10, true, 1);
    }

    private TrainableLayers layers(List<String> labels, Examples photos) {
      List<String> all = new ArrayList<>(labels);
      IntStream.range(0, spare).forEach(i -> all.add("user" + i));
      float[][] weights = new float[all.size()][FEATURES];
      float[] bias = new float[all.size()];
      Arrays.fill(bias, -4);
      for (int label = 0; label < labels.size(); label++) {
        int own = label;
        int[] rows =
            IntStream.range(0, photos.size()).filter(i -> photos.labels()[i] == own).toArray();
        bias[label] = 0;
        for (int i = 0; i < FEATURES; i++) {
          for (int row : rows) {
            weights[label][i] += 2 * photos.features()[row][i] / rows.length;
          }
          bias[label] -= weights[label][i] * weights[label][i] / 4;
        }
      }
      return new TrainableLayers(new DenseHead(all, weights, bias), true, Optional.empty());
    }

    @Override
    public double work(int rows, int features, int labels) {
      return 1e6 + (double) rows * features;
    }

    @Override
    public int placeholders(int labels) {
      return spare;
    }

    @Override
    public int epochs() {
      return 10;
    }
  }

  @Test
  void aNewLabelIsLearntAndOldOnesAreKept() {
    Forecast forecast = forecast(new Means(3), photos(5, id -> id));

    Row row = row(forecast, "trained", "shipped", 5, 2);
    assertThat(row.newAccuracy()).isGreaterThan(0.9);
    assertThat(row.oldAccuracy()).isGreaterThan(0.9);
    assertThat(row.harmonicMean()).isGreaterThan(0.9);
    assertThat(row.interval().low()).isLessThanOrEqualTo(row.harmonicMean());
    assertThat(row.episodes()).isGreaterThanOrEqualTo(20);
    assertThat(row.labelSets()).isEqualTo(5);
    assertThat(row.worst()).hasSize(1);
    // 5 + 2 · 4 photos are 4 mini-batches of 4; forwards and backwards, 10 epochs, 8 × 7 weights.
    assertThat(row.seconds()).isEqualTo(2.0 * 4 * 4 * 10 * FEATURES * 7 / 1e9);
  }

  @Test
  void whatDestroysAModelIsSeen() {
    Forecast forecast = forecast(new Means(3), photos(5, id -> id));

    Row row = row(forecast, "trained", "copied", 5, 0);
    assertThat(row.newAccuracy()).isGreaterThan(0.9);
    assertThat(row.forgetting()).isGreaterThan(0.5);
    assertThat(row.harmonicMean())
        .isLessThan(row(forecast, "trained", "shipped", 5, 0).harmonicMean());
  }

  @Test
  void neighboursKnowNothingOldWithoutOldPhotos() {
    Forecast forecast = forecast(new Means(3), photos(5, id -> id));

    assertThat(row(forecast, "knn", "shipped", 5, 0).oldAccuracy()).isZero();
    assertThat(row(forecast, "knn", "shipped", 5, 2).harmonicMean()).isGreaterThan(0.8);
  }

  @Test
  void whatThereAreTooFewPhotosOrLabelsForIsLeftOut() {
    Forecast forecast = forecast(new Means(3), photos(4, id -> id));

    assertThat(forecast.episodes()).extracting(Row::photos).containsOnly(1, 5);
    assertThat(forecast.episodes())
        .filteredOn(row -> row.shift() == null)
        .extracting(Row::newLabels)
        .containsOnly(1, 2);
    assertThat(forecast(new Means(1), photos(5, id -> id)).episodes())
        .extracting(Row::newLabels)
        .containsOnly(0, 1);
  }

  @Test
  void aReasonIsGivenWhereThereIsNothingToPlay() {
    assertThat(forecast(new Means(0), photos(2, id -> id)).episodes())
        .extracting(Row::shift)
        .doesNotContainNull();
    Forecast nothing = forecast(new Means(3), plain(photos(2, id -> id)));
    assertThat(nothing.episodes()).isEmpty();
    assertThat(nothing.notes())
        .containsExactly(
            "Nothing was played through: it takes three labels with training and held-out photos, and a placeholder.");
  }

  @Test
  void usersHaveVariantsThatTheModelHasNotSeen() {
    Forecast forecast = forecast(new Means(3), photos(4, id -> id));

    assertThat(forecast.episodes())
        .filteredOn(row -> row.shift() != null)
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.shift()).isEqualTo("mirrored"))
        .allSatisfy(row -> assertThat(row.newLabels()).isZero())
        .allSatisfy(row -> assertThat(row.worst()).isNull());
    assertThat(forecast.notes()).singleElement().asString().contains("no groups to take for users");
  }

  @Test
  void groupsAreUsersWhereThereAreSome() {
    Forecast forecast = forecast(new Means(3), photos(4, id -> "group" + id.hashCode() % 3));

    assertThat(forecast.episodes())
        .extracting(Row::shift)
        .contains("another group")
        .doesNotContain("mirrored");
  }

  @Test
  void theSameWhereverItIsPlayed() {
    ForecastPhotos photos = photos(5, id -> id);
    Forecast onSpark = forecast(new Means(3), photos);

    Forecaster forecaster = new Forecaster(null, OPTIONS, new Means(3));
    List<World> worlds = forecaster.worlds(photos);
    List<Play.Part> parts =
        new ArrayList<>(new ForecastPlan(worlds, photos, OPTIONS, new Means(3)).parts());
    Collections.reverse(parts);
    List<Episode> here = new ArrayList<>();
    for (Play.Part part : parts) {
      here.addAll(new Play(part, photos, new Means(3), OPTIONS).episodes());
    }
    // A mean's last bits are those of its order.
    here.sort(Comparator.comparingInt(Episode::world));
    assertThat(new EpisodeMeans(worlds, OPTIONS).rows(here)).isEqualTo(onSpark.episodes());
    assertThat(forecast(new Means(3), photos)).isEqualTo(onSpark);
  }

  @Test
  void whatTheBudgetIsNotEnoughForIsLeftOut() {
    ForecastPhotos photos = photos(5, id -> id);
    ForecastOptions poor =
        new ForecastOptions(List.of(1, 5, 50), List.of(0, 2), List.of(1, 2, 3), 20, 1e-6, 199, 7);

    Forecast forecast = new Forecaster(LocalSpark.context(), poor, new Means(3)).of(photos);

    assertThat(forecast.episodes()).extracting(Row::newLabels).containsOnly(1);
    assertThat(forecast.episodes()).extracting(Row::photos).containsOnly(1, 5);
    assertThat(forecast.episodes()).extracting(Row::episodes).containsOnly(20);
    assertThat(forecast.notes())
        .last()
        .asString()
        .startsWith("Left out, for personalize.forecast-seconds is not enough for so many labels: ")
        .contains("3 new labels with 5 photos", "mirrored with 1 photo");
    assertThat(new Forecaster(null, OPTIONS, new Means(3)).work(photos))
        .isLessThan(OPTIONS.multiplyAdds())
        .isGreaterThan(new Forecaster(null, poor, new Means(3)).work(photos));
  }

  private static Forecast forecast(PhoneRecipe recipe, ForecastPhotos photos) {
    return new Forecaster(LocalSpark.context(), OPTIONS, recipe).of(photos);
  }

  private static Row row(Forecast forecast, String start, String defaults, int photos, int replay) {
    return forecast.episodes().stream()
        .filter(row -> row.is(start, defaults, replay, 1) && row.photos() == photos)
        .findFirst()
        .orElseThrow();
  }

  private static ForecastPhotos plain(ForecastPhotos photos) {
    Augmentation[] none = new Augmentation[photos.training()];
    Arrays.fill(none, new Augmentation.None());
    return new ForecastPhotos(
        photos.labels(), photos.pool(), photos.training(), none, photos.testedOn());
  }

  /** Twelve training photos a label, each with a mirrored variant, and six test photos. */
  private static ForecastPhotos photos(int labels, UnaryOperator<String> group) {
    Random random = new Random(1);
    Examples training = examples(labels, 24, 2, "train", group, random);
    Examples test = examples(labels, 6, 1, "test", group, random);
    Augmentation[] augmentations = new Augmentation[training.size()];
    for (int i = 0; i < augmentations.length; i++) {
      augmentations[i] =
          training.variants()[i] == 0 ? new Augmentation.None() : new Augmentation.HorizontalFlip();
    }
    return new ForecastPhotos(
        IntStream.range(0, labels).mapToObj(k -> "label " + k).toList(),
        training.and(test),
        training.size(),
        augmentations,
        "test photos");
  }

  private static Examples examples(
      int labels, int rows, int variants, String name, UnaryOperator<String> group, Random random) {
    int count = labels * rows;
    float[][] features = new float[count][FEATURES];
    int[] own = new int[count];
    String[] ids = new String[count];
    String[] groups = new String[count];
    int[] variant = new int[count];
    for (int i = 0; i < count; i++) {
      own[i] = i / rows;
      ids[i] = "%s %03d".formatted(name, i / variants);
      groups[i] = group.apply(ids[i]);
      variant[i] = i % variants;
      for (int f = 0; f < FEATURES; f++) {
        features[i][f] = (float) (random.nextGaussian() * 0.3 + (f == own[i] ? 2 : 0));
      }
    }
    return new Examples(features, own, ids, groups, variant);
  }
}
