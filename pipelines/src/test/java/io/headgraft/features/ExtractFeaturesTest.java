package io.headgraft.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.HeadgraftException;
import io.headgraft.Sha256;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.image.Augmentation;
import io.headgraft.image.AugmentationRange;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.Rejection;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.Photos;
import io.headgraft.testing.TinyBackbone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractFeaturesTest {

  private static final ImageOptions OPTIONS = new ImageOptions(1000, 10_000, Crop.SCALE_FILL);
  private static final AugmentationSpec NOTHING = new AugmentationSpec.Listed(List.of(), 1);
  private static final AugmentationSpec FLIP =
      new AugmentationSpec.Listed(List.of(List.of(new AugmentationRange.HorizontalFlip())), 1);

  @TempDir private Path folder;
  private FeatureCache cache;

  @BeforeEach
  void nameACache() {
    cache = new FeatureCache(LocalSpark.session(), folder + "/work");
  }

  @Test
  void extractsEachImageOnce() throws IOException {
    List<LabelledImage> images =
        new ArrayList<>(
            List.of(
                photo(1, Split.TRAIN),
                photo(2, Split.TRAIN),
                photo(3, Split.VALIDATION),
                photo(4, Split.TEST)));
    assertThat(cache.version()).isEqualTo(-1);

    ExtractFeatures.Result first = extract(images, FLIP);
    ExtractFeatures.Result second = extract(images, FLIP);
    images.add(photo(5, Split.TRAIN));
    ExtractFeatures.Result third = extract(images, FLIP);

    assertThat(first.pipeline()).isEqualTo(pipeline(FLIP, OPTIONS).fingerprint());
    assertThat(counts(first)).isEqualTo(tuple(6L, 0L));
    assertThat(counts(second)).isEqualTo(tuple(0L, 6L));
    assertThat(second.version()).isEqualTo(first.version());
    assertThat(counts(third)).isEqualTo(tuple(2L, 6L));
    assertThat(cache.read(third.pipeline(), third.version()).columns())
        .containsExactly("image_id", "variant", "feature");
    assertThat(cache.read(third.pipeline(), third.version()).count()).isEqualTo(8);
    assertThat(cache.read(first.pipeline(), first.version()).count()).isEqualTo(6);
    assertThat(cache.rows(third.version()).columns())
        .containsExactly("pipeline", "image_id", "variant", "augmentation", "feature");
    assertThat(cache.rows(first.version()).count()).isEqualTo(6);
  }

  @Test
  void heldOutImagesAreExtractedAsTheyAreUntilTheyAreTrainedOn() throws IOException {
    ExtractFeatures.Result test = extract(List.of(photo(1, Split.TEST)), FLIP);
    ExtractFeatures.Result validation = extract(List.of(photo(1, Split.VALIDATION)), FLIP);
    ExtractFeatures.Result train = extract(List.of(photo(1, Split.TRAIN)), FLIP);

    assertThat(counts(test)).isEqualTo(tuple(1L, 0L));
    assertThat(counts(validation)).isEqualTo(tuple(0L, 1L));
    assertThat(counts(train)).isEqualTo(tuple(1L, 1L));
    assertThat(features(train)).extracting(row -> row.getInt(1)).containsExactly(0, 1);
  }

  @Test
  void otherAugmentationsLieBesideTheOldOnes() throws IOException {
    List<LabelledImage> images = List.of(photo(1, Split.TRAIN));
    ExtractFeatures.Result plain = extract(images, NOTHING);
    ExtractFeatures.Result flipped = extract(images, FLIP);

    assertThat(counts(flipped)).isEqualTo(tuple(2L, 0L));
    assertThat(flipped.pipeline()).isNotEqualTo(plain.pipeline());
    assertThat(cache.read(plain.pipeline(), flipped.version()).collectAsList())
        .isEqualTo(features(plain));
    assertThat(counts(extract(images, NOTHING))).isEqualTo(tuple(0L, 1L));
  }

  @Test
  void drawnVariantsAreInTheirRowsBesideTheOldOnes() throws IOException {
    List<LabelledImage> images = List.of(photo(1, Split.TRAIN), photo(2, Split.TEST));
    ExtractFeatures.Result flipped = extract(images, FLIP);
    ExtractFeatures.Result drawn = extract(images, drawn(3, 1));
    ExtractFeatures.Result other = extract(images, drawn(3, 2));

    assertThat(List.of(counts(flipped), counts(drawn), counts(other)))
        .containsExactly(tuple(3L, 0L), tuple(5L, 0L), tuple(5L, 0L));
    assertThat(counts(extract(images, FLIP))).isEqualTo(tuple(0L, 3L));
    assertThat(counts(extract(images, drawn(3, 1)))).isEqualTo(tuple(0L, 5L));
    List<Augmentation> variants = pipeline(drawn(3, 1), OPTIONS).variants(images.get(0).imageId());
    assertThat(variants).hasSize(4).startsWith(new Augmentation.None()).doesNotHaveDuplicates();
    assertThat(augmentations(drawn, images.get(0)))
        .isEqualTo(variants.stream().map(Augmentation::name).toList());
    assertThat(augmentations(drawn, images.get(1))).containsExactly("none");
    assertThat(augmentations(flipped, images.get(0))).containsExactly("none", "horizontal-flip");
    assertThat(features(drawn)).extracting(row -> row.getList(2)).doesNotHaveDuplicates();
    assertThat(features(drawn).get(0).getList(2)).isEqualTo(features(flipped).get(0).getList(2));
  }

  /** Tasks of one image and of all, in two orders, and a variant that comes alone. */
  @Test
  void drawnVariantsDoNotDependOnHowTheWorkIsDivided() throws IOException {
    List<LabelledImage> images = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      images.add(photo(i, Split.TRAIN));
    }
    List<LabelledImage> backwards = new ArrayList<>(images);
    Collections.reverse(backwards);
    FeatureCache other = new FeatureCache(LocalSpark.session(), folder + "/other");
    FeaturePipeline pipeline = pipeline(drawn(4, 1), OPTIONS);

    ExtractFeatures.Result whole = run(cache, pipeline, 100, images, Progress.NONE);
    run(other, pipeline, 100, List.of(photo(0, Split.TEST)), Progress.NONE);
    ExtractFeatures.Result parts = run(other, pipeline, 1, backwards, Progress.NONE);

    assertThat(counts(whole)).isEqualTo(tuple(25L, 0L));
    assertThat(counts(parts)).isEqualTo(tuple(24L, 1L));
    assertThat(rows(folder + "/other/features", parts.pipeline()))
        .isEqualTo(rows(folder + "/work/features", whole.pipeline()));
  }

  @Test
  void chunksGiveTheSameRowsAndAllProgress() throws IOException {
    List<LabelledImage> images = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      images.add(photo(i, Split.TRAIN));
    }
    List<String> progress = new ArrayList<>();
    Progress log = (done, total) -> progress.add(done + "/" + total);
    ExtractFeatures.Result whole = run(cache, pipeline(FLIP, OPTIONS), 100, images, Progress.NONE);
    FeatureCache other = new FeatureCache(LocalSpark.session(), folder + "/other");
    ExtractFeatures.Result parts = run(other, pipeline(FLIP, OPTIONS), 2, images, log);

    assertThat(counts(parts)).isEqualTo(counts(whole)).isEqualTo(tuple(10L, 0L));
    assertThat(
            other
                .read(parts.pipeline(), parts.version())
                .orderBy("image_id", "variant")
                .collectAsList())
        .isEqualTo(features(whole));
    assertThat(progress).contains("2/5", "4/5").endsWith("5/5").isSorted();
  }

  @Test
  void rejectedImagesAreRememberedByTheirContent() throws IOException {
    LabelledImage text = image("text.png", "no photo".getBytes(StandardCharsets.UTF_8));
    LabelledImage empty = image("empty.png", new byte[0]);
    List<LabelledImage> images = List.of(text, empty, photo(1, Split.TEST));

    assertThat(counts(extract(images, NOTHING))).isEqualTo(tuple(1L, 0L));
    List<FeatureCache.RejectedImage> rejected = rejected();
    assertThat(rejected)
        .extracting(FeatureCache.RejectedImage::imageId, FeatureCache.RejectedImage::reason)
        .containsExactlyInAnyOrder(
            tuple(text.imageId(), Rejection.NOT_AN_IMAGE), tuple(empty.imageId(), Rejection.EMPTY));

    // A second try would find them gone.
    Files.delete(Path.of(text.path()));
    Files.delete(Path.of(empty.path()));
    assertThat(counts(extract(images, NOTHING))).isEqualTo(tuple(0L, 1L));
    assertThat(rejected()).isEqualTo(rejected);
  }

  @Test
  void countsTheWorkThatWasDone() throws IOException {
    LabelledImage text = image("text.png", "no photo".getBytes(StandardCharsets.UTF_8));
    LabelledImage gone = photo(3, Split.TEST);
    Files.delete(Path.of(gone.path()));
    List<LabelledImage> images =
        List.of(
            text,
            photo(1, Split.TRAIN),
            photo(2, Split.TEST),
            gone,
            image("empty.png", new byte[0]));

    ExtractFeatures.Result first = extract(images, FLIP);
    ExtractFeatures.Result second = extract(images, FLIP);

    assertThat(first.work().decoded()).isEqualTo(2);
    assertThat(first.work().rejected())
        .containsOnly(
            entry(Rejection.NOT_AN_IMAGE, 1L),
            entry(Rejection.EMPTY, 1L),
            entry(Rejection.UNREADABLE, 1L));
    // What is cached, or known to be of no use, is not decoded again; the missing file is tried.
    assertThat(second.work())
        .isEqualTo(new ExtractFeatures.Work(0, 0, Map.of(Rejection.UNREADABLE, 1L)));
  }

  /** Of another batch size, no other test of this JVM has loaded one. */
  @Test
  void countsANetworkWhenItIsLoaded() throws IOException {
    List<LabelledImage> one = List.of(photo(1, Split.TEST));
    List<LabelledImage> two = List.of(photo(1, Split.TEST), photo(2, Split.TEST));
    FeaturePipeline pipeline =
        new FeaturePipeline(backbone(1), NetworkEngine.PYTORCH, 13, OPTIONS, NOTHING);

    assertThat(run(cache, pipeline, 100, one, Progress.NONE).work().networksLoaded()).isEqualTo(1);
    assertThat(run(cache, pipeline, 100, two, Progress.NONE).work().networksLoaded()).isZero();
  }

  @Test
  void whatCannotBeReadIsTriedAgain() throws IOException {
    LabelledImage photo = photo(1, Split.TEST);
    Files.delete(Path.of(photo.path()));

    assertThat(counts(extract(List.of(photo), NOTHING))).isEqualTo(tuple(0L, 0L));
    assertThat(rejected()).isEmpty();
    photo(1, Split.TEST);
    assertThat(counts(extract(List.of(photo), NOTHING))).isEqualTo(tuple(1L, 0L));
  }

  @Test
  void higherLimitsLetImagesIn() throws IOException {
    LabelledImage photo = photo(1, Split.TEST);
    run(new ImageOptions(1000, 50, Crop.SCALE_FILL), photo);
    assertThat(rejected())
        .extracting(FeatureCache.RejectedImage::imageId, FeatureCache.RejectedImage::reason)
        .containsExactly(tuple(photo.imageId(), Rejection.TOO_MANY_BYTES));

    run(new ImageOptions(50, 10_000, Crop.SCALE_FILL), photo);
    assertThat(rejected())
        .containsExactly(
            new FeatureCache.RejectedImage(
                photo.imageId(),
                Rejection.TOO_MANY_PIXELS,
                "24 x 20 pixels, image.max-pixels allows 50"));

    assertThat(counts(run(OPTIONS, photo))).isEqualTo(tuple(1L, 0L));
    assertThat(rejected()).isEmpty();
  }

  @Test
  void aFileThatHasChangedSinceItWasListedIsCachedForWhatItIs() throws IOException {
    LabelledImage listed = photo(1, Split.TEST);
    Photos.write(Path.of(listed.path()), 2);

    ExtractFeatures.Result result = extract(List.of(listed), NOTHING);

    assertThat(features(result))
        .extracting(row -> row.getString(0))
        .containsExactly(Sha256.hex(Photos.png(2)));
  }

  @Test
  void saysWhatToDoWithoutFeatures() {
    assertThatThrownBy(() -> cache.read("pipeline", 0))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "There are no features at %s/work/features: run 'headgraft extract' first"
                .formatted(folder));
  }

  @Test
  void thePipelineIsAllThatDecidesAFeature() {
    FeaturePipeline pipeline = pipeline(FLIP, OPTIONS);
    ImageOptions cropped = new ImageOptions(1000, 10_000, Crop.CENTER_CROP);
    ImageOptions limits = new ImageOptions(9, 9, Crop.SCALE_FILL);

    assertThat(pipeline.fingerprint()).matches("[0-9a-f]{32}");
    assertThat(
            List.of(
                pipeline.fingerprint(),
                pipeline(FLIP, cropped).fingerprint(),
                pipeline(NOTHING, OPTIONS).fingerprint(),
                new FeaturePipeline(backbone(2), NetworkEngine.PYTORCH, 2, OPTIONS, FLIP)
                    .fingerprint(),
                new FeaturePipeline(backbone(1), NetworkEngine.ONNXRUNTIME, 2, OPTIONS, FLIP)
                    .fingerprint()))
        .doesNotHaveDuplicates();
    assertThat(pipeline(FLIP, limits).fingerprint()).isEqualTo(pipeline.fingerprint());
  }

  /**
   * A cache stays of use as long as the same settings give the same features. Where they no longer
   * do, the revision rises, and these two follow it.
   */
  @Test
  void fingerprintsStayTheSameWithinARevision() {
    assertThat(pipeline(NOTHING, OPTIONS).fingerprint())
        .isEqualTo("420df6ed21fca777a838de595d67db12");
    assertThat(pipeline(FLIP, OPTIONS).fingerprint()).isEqualTo("38fa6366e68d0fbafada073a28056a5e");
  }

  @Test
  void drawnVariantsHaveFingerprintsOfTheirOwn() {
    assertThat(
            List.of(
                pipeline(drawn(3, 1), OPTIONS).fingerprint(),
                pipeline(drawn(4, 1), OPTIONS).fingerprint(),
                pipeline(drawn(3, 2), OPTIONS).fingerprint(),
                pipeline(FLIP, OPTIONS).fingerprint()))
        .doesNotHaveDuplicates();
    assertThat(pipeline(drawn(3, 1), OPTIONS).fingerprint())
        .isEqualTo(pipeline(drawn(3, 1), OPTIONS).fingerprint());
  }

  private static AugmentationSpec drawn(int variants, long seed) {
    return new AugmentationSpec.Drawn(
        variants,
        List.of(
            new AugmentationRange.HorizontalFlip(),
            new AugmentationRange.Rotation(30),
            new AugmentationRange.Crop(0.5),
            new AugmentationRange.Exposure(1),
            new AugmentationRange.ColorShift(30, 2),
            new AugmentationRange.Blur(0.05),
            new AugmentationRange.Noise(20)),
        0.5,
        seed);
  }

  private List<String> augmentations(ExtractFeatures.Result result, LabelledImage image) {
    return rows(folder + "/work/features", result.pipeline()).stream()
        .filter(row -> row.<String>getAs("image_id").equals(image.imageId()))
        .map(row -> row.<String>getAs("augmentation"))
        .toList();
  }

  /** All columns. */
  private static List<Row> rows(String table, String pipeline) {
    return LocalSpark.session()
        .read()
        .format("delta")
        .load(table)
        .where(functions.col("pipeline").equalTo(pipeline))
        .orderBy("image_id", "variant")
        .collectAsList();
  }

  private List<FeatureCache.RejectedImage> rejected() {
    return cache.rejected(pipeline(NOTHING, OPTIONS).fingerprint());
  }

  private static Tuple counts(ExtractFeatures.Result result) {
    return tuple(result.extracted(), result.reused());
  }

  private List<Row> features(ExtractFeatures.Result result) {
    return cache
        .read(result.pipeline(), result.version())
        .orderBy("image_id", "variant")
        .collectAsList();
  }

  private ExtractFeatures.Result extract(List<LabelledImage> images, AugmentationSpec variants) {
    return run(cache, pipeline(variants, OPTIONS), 100, images, Progress.NONE);
  }

  private ExtractFeatures.Result run(ImageOptions options, LabelledImage image) {
    return run(cache, pipeline(NOTHING, options), 100, List.of(image), Progress.NONE);
  }

  private ExtractFeatures.Result run(
      FeatureCache into,
      FeaturePipeline pipeline,
      int chunk,
      List<LabelledImage> images,
      Progress progress) {
    return new ExtractFeatures(LocalSpark.session(), into, pipeline, chunk).run(images, progress);
  }

  private static FeaturePipeline pipeline(AugmentationSpec augmentations, ImageOptions options) {
    return new FeaturePipeline(backbone(1), NetworkEngine.PYTORCH, 2, options, augmentations);
  }

  private static Backbone backbone(long seed) {
    return Backbone.read(TinyBackbone.model(seed).toByteArray(), "tiny.mlmodel", "flatten");
  }

  private LabelledImage photo(long number, Split split) throws IOException {
    LabelledImage image = image(number + ".png", Photos.png(number));
    return new LabelledImage(
        image.imageId(), image.path(), image.length(), "cat", image.group(), split);
  }

  private LabelledImage image(String name, byte[] bytes) throws IOException {
    Path file = Photos.write(folder.resolve("photos").resolve(name), bytes);
    String id = Sha256.hex(bytes);
    return new LabelledImage(id, file.toString(), bytes.length, "cat", id, Split.TRAIN);
  }
}
