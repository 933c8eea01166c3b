package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import io.headgraft.testing.Photos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.groups.Tuple;
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
        "日本語",
        "%2e%2e%2f..%2fetc",
        "%2e%2e",
        "%20%00",
        "-rf",
        "ends with a space ",
        "a?b=c&d",
        "<img src=x onerror=alert(1)>",
        "${7*7}",
        "\u202Etxt.exe",
        "\u200F\u05D0",
        "\u001B[31mred\u0007",
        "\u0085",
        "\uFFFD",
        "\t\r"
      })
  void labelsAreAnyText(String label) throws IOException {
    Path file = touch(label + "/" + label + ".png");

    assertThat(list().files())
        .extracting(ListedFile::label, listed -> relative(listed.path()))
        .containsExactly(tuple(label, folder.relativize(file).toString()));
  }

  @Test
  void namesMayBeAsLongAsTheyCan() throws IOException {
    String label = "é".repeat(127) + "x";
    touch(label + "/" + "x".repeat(251) + ".png");

    assertThat(list().files()).extracting(ListedFile::label).containsExactly(label);
  }

  @Test
  void namesThatAreNoUtf8AreRejected() throws IOException, InterruptedException {
    touch("cat/1.png");
    shell("printf x > \"$(printf 'cat/bad\\377.png')\"; mkdir \"$(printf 'l\\351on')\"");

    assertRejected(
        tuple("cat/bad\uFFFD.png", "cat", Rejection.UNREADABLE, "its name is not UTF-8"),
        tuple("l\uFFFDon", "", Rejection.UNREADABLE, "its name is not UTF-8"));
  }

  @Test
  void linksAreFollowedAlsoOutOfTheFolder(@TempDir Path elsewhere) throws IOException {
    Photos.write(elsewhere.resolve("more/2.png"), 2);
    Path photo = Photos.write(elsewhere.resolve("3.png"), 3);
    touch("cat/1.png");
    link("cat/more", elsewhere.resolve("more"));
    link("cat/3.png", photo);
    link("dog", elsewhere);

    assertThat(list().files())
        .extracting(file -> relative(file.path()), ListedFile::label)
        .containsExactly(
            tuple("cat/1.png", "cat"),
            tuple("cat/3.png", "cat"),
            tuple("cat/more/2.png", "cat"),
            tuple("dog/3.png", "dog"),
            tuple("dog/more/2.png", "dog"));
    assertThat(list().files().get(1).length()).isEqualTo(Files.size(photo));
  }

  @Test
  void linksInACircleComeToAnEnd() throws IOException {
    touch("cat/1.png");
    touch("cat/deep/er/2.png");
    link("cat/deep/er/up", folder.resolve("cat"));
    link("cat/again", folder.resolve("cat/deep"));
    link("cat/all", folder);
    link("cat/self", folder.resolve("cat/self"));
    touch("dog/3.png");
    link("dog/x", folder.resolve("dog/y"));
    link("dog/y", folder.resolve("dog/x"));

    Listing listing = list();

    assertThat(listing.files())
        .extracting(file -> relative(file.path()))
        .containsExactly("cat/1.png", "cat/deep/er/2.png", "dog/3.png");
    String listed = "it is a link to a folder that is listed already";
    assertThat(listing.rejected())
        .extracting(file -> relative(file.path()), RejectedFile::label, RejectedFile::reason)
        .containsExactlyInAnyOrder(
            tuple("cat/again", "cat", Rejection.DUPLICATE),
            tuple("cat/all", "cat", Rejection.DUPLICATE),
            tuple("cat/deep/er/up", "cat", Rejection.DUPLICATE),
            tuple("cat/self", "cat", Rejection.UNREADABLE),
            tuple("dog/x", "dog", Rejection.UNREADABLE),
            tuple("dog/y", "dog", Rejection.UNREADABLE));
    assertThat(listing.rejected())
        .filteredOn(file -> file.reason() == Rejection.DUPLICATE)
        .extracting(RejectedFile::detail)
        .containsOnly(listed);
  }

  /** Each leads to all others: there are more ways through them than an age has seconds. */
  @Test
  void manyLinksBetweenManyFolders() throws IOException {
    for (int from = 0; from < 24; from++) {
      touch("cat/" + from + "/photo.png");
      for (int to = 0; to < 24; to++) {
        link("cat/" + from + "/to" + to, folder.resolve("cat/" + to));
      }
    }

    assertThat(list().files()).hasSize(24);
    assertThat(list().rejected()).hasSize(24 * 24);
  }

  @Test
  void whatIsNoFileIsRejected() throws IOException, InterruptedException {
    touch("cat/1.png");
    link("cat/gone.png", folder.resolve("nowhere.png"));
    link("cat/device.png", Path.of("/dev/zero"));
    link("cat/.#lock", folder.resolve("nowhere"));
    shell("mkfifo cat/pipe.png");

    String other = "it is no file, but a pipe, a socket or a device";
    assertRejected(
        tuple("cat/device.png", "cat", Rejection.UNREADABLE, other),
        tuple("cat/gone.png", "cat", Rejection.UNREADABLE, "it is a link to what is not there"),
        tuple("cat/pipe.png", "cat", Rejection.UNREADABLE, other));
  }

  private void assertRejected(Tuple... rejected) throws IOException {
    Listing listing = list();
    assertThat(listing.files())
        .extracting(file -> relative(file.path()))
        .containsExactly("cat/1.png");
    assertThat(listing.rejected())
        .extracting(
            file -> relative(file.path()),
            RejectedFile::label,
            RejectedFile::reason,
            RejectedFile::detail)
        .containsExactlyInAnyOrder(rejected);
  }

  private void link(String name, Path target) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.createSymbolicLink(folder.resolve(name), target);
  }

  /** What Java cannot make. */
  private void shell(String command) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
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
