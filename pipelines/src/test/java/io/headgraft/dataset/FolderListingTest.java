package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderListingTest {

  @TempDir private Path folder;

  @Test
  void theFirstFolderIsTheLabelHoweverDeepTheFile() throws IOException {
    touch("cat/1.png");
    touch("cat/2024/may/2.png");
    touch("dog/1.png");

    Listing listing = list();

    assertThat(listing.files())
        .extracting(file -> relative(file.path()), ListedFile::label, ListedFile::split)
        .containsExactly(
            tuple("cat/1.png", "cat", Optional.empty()),
            tuple("cat/2024/may/2.png", "cat", Optional.empty()),
            tuple("dog/1.png", "dog", Optional.empty()));
    assertThat(listing.rejected()).isEmpty();
    assertThat(listing.emptyLabels()).isEmpty();
  }

  @Test
  void tellsLengthAndModificationTime() throws IOException {
    Path file = touch("cat/1.png");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_123L));

    assertThat(list().files())
        .extracting(ListedFile::length, ListedFile::modified, ListedFile::group)
        .containsExactly(tuple(1L, 1_700_000_000_123L, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"validation", "val", "valid", "VALID", "Validation"})
  void knowsSplitFolders(String validation) throws IOException {
    touch("Train/cat/1.png");
    touch(validation + "/cat/2.png");
    touch("TEST/dog/deep/3.png");

    assertThat(list().files())
        .extracting(ListedFile::label, file -> file.split().orElseThrow())
        .containsExactlyInAnyOrder(
            tuple("cat", Split.TRAIN), tuple("cat", Split.VALIDATION), tuple("dog", Split.TEST));
  }

  @Test
  void aSplitNameBelowALabelIsAnyFolder() throws IOException {
    touch("cat/train/1.png");

    assertThat(list().files())
        .extracting(ListedFile::label, ListedFile::split)
        .containsExactly(tuple("cat", Optional.empty()));
  }

  @Test
  void passesOverHiddenFilesAndLitter() throws IOException {
    touch("cat/1.png");
    touch("cat/.DS_Store");
    touch("cat/._1.png");
    touch("cat/Thumbs.db");
    touch("cat/desktop.ini");
    touch("cat/.thumbnails/1.png");
    touch("__MACOSX/cat/1.png");
    touch(".git/HEAD");
    touch(".DS_Store");

    Listing listing = list();

    assertThat(listing.files())
        .extracting(file -> relative(file.path()))
        .containsExactly("cat/1.png");
    assertThat(listing.rejected()).isEmpty();
  }

  @Test
  void filesBesideTheLabelFoldersHaveNoLabel() throws IOException {
    touch("cat/1.png");
    touch("stray.png");

    assertThat(list().rejected())
        .extracting(
            file -> relative(file.path()),
            RejectedFile::label,
            RejectedFile::reason,
            RejectedFile::detail)
        .containsExactly(
            tuple("stray.png", "", Rejection.NO_LABEL, "it lies beside the label folders"));
  }

  @Test
  void filesBesideTheLabelFoldersOfASplitHaveNoLabel() throws IOException {
    touch("train/cat/1.png");
    touch("train/stray.png");

    assertThat(list().rejected())
        .extracting(file -> relative(file.path()), RejectedFile::reason, RejectedFile::detail)
        .containsExactly(
            tuple("train/stray.png", Rejection.NO_LABEL, "it lies in no label folder"));
  }

  @Test
  void namesLabelsWithoutAFile() throws IOException {
    touch("cat/1.png");
    touch("dog/.DS_Store");
    Files.createDirectories(folder.resolve("bird/empty"));

    assertThat(list().emptyLabels()).containsExactlyInAnyOrder("dog", "bird");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "❤\uFE0F",
        "👩\u200D💻",
        "two words",
        " leading",
        "100 %",
        "%41",
        "\"quoted\"",
        "it's",
        "a:b",
        "two\nlines",
        "a,b",
        "a[1]{2}*?",
        "#1",
        "back\\slash",
        "日本語"
      })
  void labelsAreAnyText(String label) throws IOException {
    Path file = touch(label + "/" + label + ".png");

    assertThat(list().files())
        .extracting(ListedFile::label, listed -> relative(listed.path()))
        .containsExactly(tuple(label, folder.relativize(file).toString()));
  }

  @Test
  void composedAndDecomposedNamesAreOneLabel() throws IOException {
    touch("caf\u00e9/1.png");
    touch("cafe\u0301/2.png");

    assertThat(list().files())
        .extracting(ListedFile::label)
        .containsExactly("caf\u00e9", "caf\u00e9");
  }

  @Test
  void refusesAMissingFolder() {
    assertUnusable(folder.resolve("nowhere"), "There is no folder " + folder + "/nowhere");
  }

  @Test
  void refusesAFile() throws IOException {
    Path file = touch("photo.png");

    assertUnusable(
        file,
        file
            + " is a file: give a folder of label folders, or a manifest (.csv, .jsonl, .parquet)");
  }

  @Test
  void refusesSplitAndLabelFoldersSideBySide() throws IOException {
    touch("train/cat/1.png");
    touch("test/cat/2.png");
    touch("dog/1.png");

    assertUnusable(
        folder,
        folder
            + " holds both split folders (test, train) and others (dog): either every folder is a"
            + " label, or every one is train, validation or test");
  }

  @Test
  void anEmptyFolderListsNothing() throws IOException {
    assertThat(list()).isEqualTo(new Listing(List.of(), List.of(), List.of()));
  }

  private static void assertUnusable(Path data, String message) {
    assertThatThrownBy(() -> list(data))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }

  private Listing list() throws IOException {
    return list(folder);
  }

  private static Listing list(Path data) throws IOException {
    return FolderListing.list(
        new org.apache.hadoop.fs.Path(data.toString()), new Configuration(false));
  }

  private String relative(String path) {
    return path.replaceFirst("^file:", "").substring(folder.toString().length() + 1);
  }

  private Path touch(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[1]);
  }
}
