package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.Rejection;
import io.headgraft.testing.LocalSpark;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexDatasetTest {

  private static final DatasetOptions OPTIONS = new DatasetOptions(1, 0.1, 0.1, 0.2);

  private static final ImageOptions LIMITS = new ImageOptions(1_000, 1_000, Crop.SCALE_FILL);

  @TempDir private Path data;
  @TempDir private Path workdir;
  private DatasetTable table;

  @BeforeEach
  void makeADataSet() throws IOException {
    table = new DatasetTable(LocalSpark.session(), workdir + "/dataset");
    write("cat/1.png", "a");
    write("cat/2.png", "b");
    write("dog/1.png", "c");
  }

  @Test
  void readsEachFileOnce() {
    assertThat(table.exists()).isFalse();

    IndexDataset.Result first = index();
    IndexDataset.Result second = index();

    assertThat(first)
        .isEqualTo(
            new IndexDataset.Result(
                first.version(), 3, 3, List.of(), List.of(), table.read(first.version())));
    assertThat(second.read()).isZero();
    assertThat(second.version()).isEqualTo(first.version());
    assertThat(table.read(second.version()))
        .extracting(file -> file.file().label(), IndexedFile::imageId)
        .containsExactly(
            tuple("cat", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
            tuple("cat", "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"),
            tuple("dog", "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"));
  }

  @Test
  void fileNamesAreAnyText() throws IOException {
    write("dog/at 12:30, 100 %41.png", "d");
    write("a:b/two\nlines.png", "e");

    IndexDataset.Result result = index();

    assertThat(result.rejected()).isEmpty();
    assertThat(images(result)).hasSize(5).extracting(LabelledImage::label).contains("a:b");
  }

  @Test
  void readsWhatIsNew() throws IOException {
    index();
    write("dog/2.png", "d");

    assertThat(index())
        .extracting(IndexDataset.Result::listed, IndexDataset.Result::read)
        .containsExactly(4, 1);
  }

  @Test
  void readsWhatHasChanged() throws IOException {
    long before = index().version();
    write("dog/1.png", "longer");

    IndexDataset.Result result = index();

    assertThat(result.read()).isEqualTo(1);
    assertThat(result.version()).isGreaterThan(before);
    assertThat(table.read(before).get(2).imageId())
        .isNotEqualTo(table.read(result.version()).get(2).imageId());
  }

  @Test
  void readsWhatWasTouched() throws IOException {
    index();
    Files.setLastModifiedTime(data.resolve("dog/1.png"), FileTime.fromMillis(1_000));

    assertThat(index().read()).isEqualTo(1);
  }

  @Test
  void aMovedFileHasItsNewLabel() throws IOException {
    index();
    Files.move(data.resolve("cat/2.png"), data.resolve("dog/2.png"));

    IndexDataset.Result result = index();

    assertThat(result.read()).isEqualTo(1);
    assertThat(images(result))
        .extracting(LabelledImage::label)
        .containsExactlyInAnyOrder("cat", "dog", "dog");
  }

  @Test
  void aRemovedFileLeaves() throws IOException {
    index();
    Files.delete(data.resolve("cat/2.png"));

    IndexDataset.Result result = index();

    assertThat(result.read()).isZero();
    assertThat(images(result)).hasSize(2);
  }

  @Test
  void anotherSeedIsAnotherVersionButNothingIsRead() {
    long before = index().version();
    DatasetOptions others = new DatasetOptions(1, 0.1, 0.89, 0.2);

    IndexDataset.Result result =
        new IndexDataset(LocalSpark.session(), table, others, LIMITS).run(data.toString());

    assertThat(result.read()).isZero();
    assertThat(result.version()).isGreaterThan(before);
  }

  @Test
  void keepsGivenSplitsAndGroups() throws IOException {
    Path manifest =
        write("all.csv", "path,label,split,group\ncat/1.png,cat,test,\ndog/1.png,dog,,g\n");

    IndexDataset.Result result = index(manifest);
    assertThat(index(manifest))
        .isEqualTo(
            new IndexDataset.Result(
                result.version(),
                2,
                0,
                result.rejected(),
                List.of(),
                table.read(result.version())));

    assertThat(table.read(result.version()))
        .extracting(file -> file.file().split(), file -> file.file().group())
        .containsExactly(
            tuple(Optional.of(Split.TEST), Optional.empty()),
            tuple(Optional.empty(), Optional.of("g")));
  }

  @Test
  void aFileThatCannotBeReadIsRejectedAndTriedAgain() throws IOException {
    Path manifest =
        write("all.csv", "path,label\ncat/1.png,cat\ndog/1.png,dog\ndog/folder.png,dog\n");
    Files.createDirectory(data.resolve("dog/folder.png"));

    IndexDataset.Result result = index(manifest);

    assertThat(images(result)).hasSize(2);
    assertThat(result.rejected())
        .extracting(RejectedFile::label, RejectedFile::reason)
        .containsExactly(tuple("dog", Rejection.UNREADABLE));
    assertThat(result.rejected().get(0).detail()).isEqualTo("it is a folder");
    Files.delete(data.resolve("dog/folder.png"));
    write("dog/folder.png", "d");
    assertThat(index(manifest).read()).isEqualTo(1);
  }

  /** Twenty gigabytes would take minutes to read, and a thousand bytes too many are too many. */
  @Test
  void whatIsTooLongOrEmptyIsNotRead() throws IOException {
    try (RandomAccessFile sparse =
        new RandomAccessFile(data.resolve("cat/photo.jpg").toFile(), "rw")) {
      sparse.setLength(20L << 30);
    }
    write("cat/long.jpg", "x".repeat(1_001));
    write("cat/just.jpg", "x".repeat(1_000));
    write("dog/empty.jpg", "");

    IndexDataset.Result result = index();

    assertThat(result.listed()).isEqualTo(7);
    assertThat(result.read()).isEqualTo(4);
    assertThat(result.rejected())
        .extracting(RejectedFile::reason, RejectedFile::label, RejectedFile::detail)
        .containsExactly(
            tuple(Rejection.TOO_MANY_BYTES, "cat", "1001 bytes, image.max-bytes allows 1000"),
            tuple(
                Rejection.TOO_MANY_BYTES, "cat", "21474836480 bytes, image.max-bytes allows 1000"),
            tuple(Rejection.EMPTY, "dog", "0 bytes"));
    assertThat(index().read()).isZero();
  }

  @Test
  void aLimitThatIsRaisedLetsFilesIn() throws IOException {
    write("cat/long.jpg", "x".repeat(1_001));
    index();

    IndexDataset.Result result =
        new IndexDataset(
                LocalSpark.session(), table, OPTIONS, new ImageOptions(1, 1_001, Crop.SCALE_FILL))
            .run(data.toString());

    assertThat(result.read()).isEqualTo(1);
    assertThat(result.rejected()).isEmpty();
  }

  @Test
  void filesWithoutALabelAreAmongTheRejected() throws IOException {
    write("stray.png", "d");

    assertThat(index().rejected())
        .extracting(RejectedFile::reason)
        .containsExactly(Rejection.NO_LABEL);
  }

  @Test
  void anEmptyLabelFolderIsLeftOut() throws IOException {
    Files.createDirectory(data.resolve("bird"));

    assertThat(images(index())).extracting(LabelledImage::label).containsOnly("cat", "dog");
  }

  @Test
  void refusesAnEmptyFolder(@TempDir Path empty) {
    assertUnusable(
        empty,
        "%s holds no images: put them into one folder a label, as in %s/cat/1.jpg"
            .formatted(empty, empty));
  }

  @Test
  void refusesAManifestWithoutImages() throws IOException {
    Path manifest = write("all.csv", "path,label\ngone.png,cat\n");

    assertUnusable(manifest, manifest + " names no image that is there");
  }

  @Test
  void refusesOneLabel() throws IOException {
    Files.delete(data.resolve("dog/1.png"));

    assertUnusable(
        data, data + " holds one label only ('cat'): a classifier tells at least two apart");
  }

  @Test
  void refusesToReadWhatIsNotThere() {
    assertThatThrownBy(() -> table.read(0))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("There is no data set table at " + workdir + "/dataset");
  }

  private void assertUnusable(Path uri, String message) {
    assertThatThrownBy(() -> index(uri))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }

  private List<LabelledImage> images(IndexDataset.Result result) {
    return LabelledDataset.read(table, result.version(), OPTIONS).images();
  }

  private IndexDataset.Result index() {
    return index(data);
  }

  private IndexDataset.Result index(Path uri) {
    return new IndexDataset(LocalSpark.session(), table, OPTIONS, LIMITS).run(uri.toString());
  }

  private Path write(String name, String content) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
