package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static io.headgraft.jobs.CommandLineFixture.photo;
import static io.headgraft.jobs.CommandLineFixture.twoLabels;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.backbone.SqueezeNet;
import io.headgraft.coreml.proto.Model;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user may get wrong: each has a message that names it, and an exit code. */
class BadInputTest {

  @TempDir private static Path shared;
  private static Path backbone;

  @TempDir private Path folder;
  private Path data;
  private Path workdir;

  @BeforeAll
  static void makeBackbone() throws IOException {
    backbone = CommandLineFixture.untrainedBackbone(shared);
  }

  @BeforeEach
  void makeFolders() throws IOException {
    data = Files.createDirectory(folder.resolve("photos"));
    workdir = folder.resolve("work");
  }

  private Outcome extract(String... more) {
    return headgraft(
        Stream.concat(
                Stream.of("extract", "--data", data, "--workdir", workdir, "--backbone", backbone),
                Stream.of(more))
            .toArray());
  }

  private static void assertOutcome(Outcome outcome, int exitCode, String... messages) {
    for (String message : messages) {
      assertThat(outcome.err()).contains(message);
    }
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
  }

  // ---- the data set

  @Test
  void missingFolder() throws IOException {
    Files.delete(data);
    assertOutcome(extract(), 3, "There is no folder", data.toString());
    assertThat(workdir).doesNotExist();
  }

  @Test
  void emptyFolder() {
    assertOutcome(extract(), 3, data + " holds no images", "one folder a label");
  }

  @Test
  void oneLabelOnly() {
    photo(data.resolve("cat/1.png"), 100, 1);
    assertOutcome(extract(), 3, "holds one label only ('cat')", "at least two");
  }

  @Test
  void labelFolderWithoutImagesIsLeftOut() throws IOException {
    twoLabels(data);
    Files.createDirectory(data.resolve("nothing"));
    Outcome outcome = extract();
    assertOutcome(outcome, 0, "the label folder 'nothing' has no image and is left out");
    assertThat(outcome.out()).startsWith("24 files, 24 of them read");
  }

  @Test
  void labelWithoutTrainingImages() {
    photo(data.resolve("train/a/1.png"), 10, 1);
    photo(data.resolve("train/b/1.png"), 100, 2);
    photo(data.resolve("test/c/1.png"), 200, 3);
    assertOutcome(extract(), 3, "No image to train on has the labels [c]");
  }

  @Test
  void unusableFilesAreListedWithTheirReasonsAndStopNothing() throws IOException {
    twoLabels(data);
    Path bad = data.resolve("dark");
    byte[] png = Files.readAllBytes(bad.resolve("0.png"));
    photo(bad.resolve("whole.jpg"), 90, 7);
    byte[] jpeg = Files.readAllBytes(bad.resolve("whole.jpg"));
    Files.write(bad.resolve("truncated.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
    Files.write(bad.resolve("zero.jpg"), new byte[0]);
    Files.writeString(bad.resolve("text.jpg"), "not a picture, whatever its name says");
    Files.write(bad.resolve("huge.png"), pngHeader(30_000, 30_000));
    Files.write(bad.resolve("animated.gif"), animatedGif());
    // These are fine: the suffix is never looked at, and hidden files are passed over.
    photo(data.resolve("bright/another.png"), 210, 8);
    Files.move(data.resolve("bright/another.png"), data.resolve("bright/png-named.jpg"));
    Files.write(data.resolve("bright/.DS_Store"), png);
    Files.write(data.resolve(".hidden"), png);

    Outcome outcome =
        headgraft(
            "nightly",
            "--data",
            data,
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--set",
            "dataset.max-rejected=0.5",
            "--set",
            "personalize.forecast=false",
            "--set",
            "dataset.test=0.2");

    assertOutcome(outcome, 0);
    try (Stream<Path> runs = Files.list(workdir.resolve("runs"))) {
      String rejected = Files.readString(runs.findFirst().orElseThrow().resolve("rejected.jsonl"));
      assertThat(rejected.lines())
          .satisfiesOnlyOnce(line -> assertThat(line).contains("truncated.jpg", "CORRUPT"))
          .satisfiesOnlyOnce(line -> assertThat(line).contains("zero.jpg", "EMPTY"))
          .satisfiesOnlyOnce(line -> assertThat(line).contains("text.jpg", "NOT_AN_IMAGE"))
          .satisfiesOnlyOnce(
              line -> assertThat(line).contains("huge.png", "TOO_MANY_PIXELS", "30000 x 30000"))
          .satisfiesOnlyOnce(line -> assertThat(line).contains("animated.gif", "ANIMATED"))
          .hasSize(5);
    }
  }

  @Test
  void unreadableFile() throws IOException {
    twoLabels(data);
    Path manifest = folder.resolve("photos.csv");
    StringBuilder lines = new StringBuilder("path,label\nphotos/none.png,dark\n");
    for (int i = 0; i < 12; i++) {
      lines.append("photos/bright/%d.png,bright\nphotos/dark/%d.png,dark\n".formatted(i, i));
    }
    Files.writeString(manifest, lines);
    Outcome outcome =
        headgraft("extract", "--data", manifest, "--workdir", workdir, "--backbone", backbone);
    assertOutcome(outcome, 0);
    assertThat(outcome.out()).contains("1 files rejected {UNREADABLE=1}");
  }

  @Test
  void tooManyUnusableFiles() throws IOException {
    twoLabels(data);
    for (int i = 0; i < 12; i++) {
      Files.writeString(data.resolve("dark/text" + i + ".jpg"), "text " + i);
    }
    assertOutcome(
        extract(),
        3,
        "12 of 36 files cannot be used ({NOT_AN_IMAGE=12})",
        "dataset.max-rejected allows a share of 0.2");
  }

  // ---- the backbone

  @Test
  void backboneThatIsMissing() {
    twoLabels(data);
    assertOutcome(
        headgraft("extract", "--data", data, "--workdir", workdir, "--backbone", "none.mlmodel"),
        3,
        "There is no backbone none.mlmodel");
  }

  @Test
  void backboneThatIsNoCoreMlFile() throws IOException {
    Path text = Files.writeString(folder.resolve("readme.txt"), "hello");
    assertOutcome(
        headgraft("extract", "--data", data, "--workdir", workdir, "--backbone", text),
        3,
        text + " is not a Core ML file");
  }

  @Test
  void backboneThatIsCutOff() throws IOException {
    byte[] whole = Files.readAllBytes(backbone);
    Path cut =
        Files.write(folder.resolve("cut.mlmodel"), Arrays.copyOf(whole, whole.length * 2 / 3));
    assertOutcome(
        headgraft("extract", "--data", data, "--workdir", workdir, "--backbone", cut),
        3,
        cut.toString(),
        "cut off");
  }

  @Test
  void backboneOfAnotherInputSize() {
    assertOutcome(
        extract("--set", "image.size=224"),
        3,
        "takes images of 227 × 227 pixels, but image.size asks for 224",
        "image.size = auto");
  }

  @Test
  void backboneWithoutTheFeatureLayer() {
    assertOutcome(extract("--set", "backbone.feature-layer=pool99"), 3, "has no layer 'pool99'");
  }

  @Test
  void backboneWithALayerThatCannotBeRun() throws IOException {
    Model.Builder model = SqueezeNet.untrained(1).toBuilder();
    model
        .getNeuralNetworkClassifierBuilder()
        .getLayersBuilder(1)
        .getPermuteBuilder()
        .addAllAxis(List.of(1L, 0L, 2L, 3L));
    Path odd = Files.write(folder.resolve("odd.mlmodel"), model.build().toByteArray());
    assertOutcome(
        headgraft("extract", "--data", data, "--workdir", workdir, "--backbone", odd),
        3,
        odd.toString(),
        "layer 'relu_conv1'",
        "sequence");
  }

  // ---- the work directory

  @Test
  void workDirectoryThatCannotBeWritten() throws IOException {
    twoLabels(data);
    workdir = Files.writeString(folder.resolve("file"), "").resolve("work");
    assertOutcome(extract(), 3, "The work directory", workdir.toString(), "cannot be written");
  }

  @Test
  void workDirectoryAmongThePhotos() throws IOException {
    twoLabels(data);
    workdir = data.resolve("work");
    assertOutcome(extract(), 2, workdir + " lies in the data set file:" + data);
    workdir = data;
    assertOutcome(extract(), 2, "name a folder outside of it");
    assertThat(data.resolve("features")).doesNotExist();

    workdir = folder.resolve("photos and work");
    assertOutcome(extract(), 0);
  }

  @Test
  void workDirectoryWithoutFeaturesOrHeads() {
    assertOutcome(
        headgraft("train", "--workdir", workdir, "--backbone", backbone),
        3,
        "holds no data set",
        "run 'headgraft extract");
    assertOutcome(
        headgraft("emit", "--workdir", workdir, "--backbone", backbone),
        3,
        "holds no trained heads",
        "run 'headgraft train'");
  }

  // ---- arguments and configuration

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "head.l2=1 | Unknown configuration key 'head.l2' | lbfgs, learning-curve, memory, names",
        "head.sgd.learning-rate=1 | Unknown configuration key 'head.sgd.learning-rate' | learning-rates",
        "head.sgd.learning-rates=[0] | 'head.sgd.learning-rates' is 0.0 | above 0",
        "head.names=[sgd, svm] | 'head.names' is svm | lbfgs, sgd, adam, knn",
        "dataset.test=1.5 | Configuration key 'dataset.test' is 1.5 | 0.0 to 1.0",
        "dataset.test=lots | 'dataset.test' is | a number",
        "backbone.batch-size=0 | 'backbone.batch-size' is 0 | 1 to 1024",
        "image.crop=middle | middle | scale-fill",
        "augment.variants=[sepia] | sepia | horizontal-flip",
        "emit.head=knn | 'emit.head' is knn | best, lbfgs, sgd",
        "emit.learning-rate=0.1 | Unknown configuration key 'emit.learning-rate' | training",
        "emit.models=[classifer] | 'emit.models' is [classifer] | classifier, empty, knn, plain",
        "nonsense | --set nonsense | key=value",
      })
  void badConfiguration(String override, String message, String wayOut) {
    assertOutcome(extract("--set", override), 2, message, wayOut);
  }

  @Test
  void classWeightOfAnUnknownLabel() {
    twoLabels(data);
    assertOutcome(extract(), 0);
    assertOutcome(
        headgraft(
            "train",
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--set",
            "head.class-weights={ light = 2 }"),
        2,
        "head.class-weights names [light], the data set has the labels [bright, dark]");
  }

  @Test
  void missingConfigurationFile() {
    assertOutcome(extract("--config", "no.conf"), 2, "There is no configuration file no.conf");
  }

  @Test
  void unknownOption() {
    assertOutcome(extract("--dta", "x"), 2, "Unknown option", "--dta");
  }

  /** Options that would do nothing are refused, but for --json, which says what is so anyway. */
  @Test
  void optionsThatWouldDoNothing() {
    assertOutcome(
        headgraft("predict", "--model", "m", "--backbone", "b", "i"), 2, "Unknown option");
    assertOutcome(headgraft("inspect", "--set", "head.seed=2", "m"), 2, "Unknown option");
    assertOutcome(
        headgraft("predict", "--json", "--model", "m.mlmodel", "i"), 3, "There is no model");
  }

  @Test
  void missingOption() {
    assertOutcome(headgraft("nightly", "--data", data), 2, "Missing required option", "--workdir");
  }

  // ---- files on the command line

  @Test
  void imagesThatCannotBeUsedDoNotStopTheOthers() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "hello");
    Path good = photo(folder.resolve("good.png"), 100, 1);
    Outcome outcome =
        headgraft("embed", "--backbone", backbone, text, good, folder.resolve("none.jpg"));
    assertOutcome(outcome, 3, text + ": ", "There is no image", "none.jpg");
    assertThat(outcome.out().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).contains(good.toString(), "\"feature\":["));
  }

  @Test
  void modelThatIsNone() throws IOException {
    Path text = Files.writeString(folder.resolve("text.mlmodel"), "hello");
    assertOutcome(headgraft("inspect", text), 3, text + " is not a Core ML file");
    assertOutcome(headgraft("predict", "--model", text, text), 3, text + " is not a Core ML file");
  }

  @Test
  void packageThatIsNone() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty.mlpackage"));
    assertOutcome(headgraft("inspect", empty), 3, "There is no model " + empty + "/Manifest.json");
    Path outside = Files.createDirectory(folder.resolve("outside.mlpackage"));
    Files.writeString(
        outside.resolve("Manifest.json"),
        """
        {"rootModelIdentifier": "A", "itemInfoEntries": {"A": {"path": "../../secret.mlmodel"}}}
        """);
    assertOutcome(
        headgraft("predict", "--model", outside + "/", empty),
        3,
        outside + " is not a Core ML package: its model's path '../../secret.mlmodel' leads out");
  }

  @Test
  void settingsThatNoModelMeetsAreToldBeforeTheTraining() throws IOException {
    twoLabels(data);
    Outcome outcome =
        headgraft(
            "nightly",
            "--data",
            data,
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--set",
            "emit.training.layers=[\"fire9/expand3x3\"]");
    assertOutcome(outcome, 2, "'fire9/expand3x3' cannot be trained", "'fire9/concat'");
    try (Stream<Path> files = Files.walk(workdir.resolve("runs"))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .containsExactly("run.json");
    }
  }

  private static byte[] pngHeader(int width, int height) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(header);
    data.writeBytes("IHDR");
    data.writeInt(width);
    data.writeInt(height);
    data.write(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream png = new DataOutputStream(file);
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    png.writeInt(13);
    png.write(header.toByteArray());
    png.writeInt((int) crc.getValue());
    return file.toByteArray();
  }

  /** Two frames of one white pixel. */
  private static byte[] animatedGif() {
    String header = "GIF89a\1\0\1\0\200\0\0\377\377\377\0\0\0";
    String frame = "!\371\4\0\12\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0";
    return (header + frame + frame + ";").getBytes(StandardCharsets.ISO_8859_1);
  }
}
