package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.Photos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestListingTest {

  @TempDir private Path folder;

  @Test
  void readsCsv() throws IOException {
    touch("photos/1.png");
    touch("photos/2.png");
    Path manifest =
        write("all.csv", "label,path,split,group\ncat,photos/1.png,Val,g1\ndog,photos/2.png,,\n");

    assertThat(list(manifest).files())
        .containsExactly(
            file("photos/1.png", "cat", Optional.of(Split.VALIDATION), Optional.of("g1")),
            file("photos/2.png", "dog", Optional.empty(), Optional.empty()));
  }

  @Test
  void readsJsonLines() throws IOException {
    touch("1.png");
    touch("2.png");
    Path manifest =
        write(
            "all.jsonl",
            """
            {"path": "1.png", "label": "two\\nlines", "split": "test"}
            {"path": "2.png", "label": "dog", "group": 7}
            """);

    assertThat(list(manifest).files())
        .containsExactly(
            file("1.png", "two\nlines", Optional.of(Split.TEST), Optional.empty()),
            file("2.png", "dog", Optional.empty(), Optional.of("7")));
  }

  @Test
  void readsParquet() throws IOException {
    touch("1.png");
    Path manifest = folder.resolve("all.parquet");
    StructType schema =
        new StructType().add("path", DataTypes.StringType).add("label", DataTypes.StringType);
    LocalSpark.session()
        .createDataFrame(List.of(RowFactory.create("1.png", "cat")), schema)
        .write()
        .parquet(manifest.toString());

    assertThat(list(manifest).files())
        .containsExactly(file("1.png", "cat", Optional.empty(), Optional.empty()));
  }

  @Test
  void pathsMayBeFull() throws IOException {
    Path one = touch("1.png");
    Path two = touch("2.png");
    Path manifest =
        write("lists/all.csv", "path,label\n" + one + ",cat\n" + two.toUri() + ",dog\n");

    assertThat(list(manifest).files())
        .containsExactly(
            file("1.png", "cat", Optional.empty(), Optional.empty()),
            file("2.png", "dog", Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two words",
        "100 %41",
        "it's",
        "a:b",
        "a \"quoted\" word",
        "a,b",
        "back\\slash",
        "❤\uFE0F",
        "a[1]{2}*?",
        "#1",
        "two\nlines",
        "%2e%2e",
        "%20%00",
        " spaces ",
        "-rf",
        "\u202Egnp",
        "\u001B[31m",
        "<script>"
      })
  void csvHoldsAnyText(String name) throws IOException {
    touch(name + ".png");
    String quoted = name.replace("\"", "\"\"");
    Path manifest = write("all.csv", "path,label\n\"%s.png\",\"%s\"\n".formatted(quoted, quoted));

    assertThat(list(manifest).files())
        .containsExactly(file(name + ".png", name, Optional.empty(), Optional.empty()));
  }

  @Test
  void labelsMayBeWhatNoFolderCanBeCalled() throws IOException {
    String name = "../".repeat(300) + "etc" + "x".repeat(1_000);
    touch("1.png");
    Path manifest = write("all.jsonl", "{\"path\": \"1.png\", \"label\": \"%s\"}".formatted(name));

    assertThat(list(manifest).files()).extracting(ListedFile::label).containsExactly(name);
  }

  @Test
  void pathsAreThoseOfAShellInTheManifestsFolder() throws IOException {
    touch("photos/1.png");
    touch("2.png");
    Path manifest =
        write("lists/all.csv", "path,label\n../photos/1.png,cat\n./../photos/../2.png,dog\n");

    assertThat(list(manifest).files())
        .containsExactly(
            file("2.png", "dog", Optional.empty(), Optional.empty()),
            file("photos/1.png", "cat", Optional.empty(), Optional.empty()));
  }

  @Test
  void rowsThatNameNoFileAreRejected() throws IOException {
    touch("photos/1.png");
    Path manifest =
        write(
            "all.jsonl",
            """
            {"path": "photos/1.png", "label": "cat"}
            {"path": "photos", "label": "folder"}
            {"path": "a\\u0000b", "label": "nul"}
            {"path": "C:/photos/1.png", "label": "drive"}
            {"path": "file://elsewhere/1.png", "label": "host"}
            {"path": "..", "label": "up"}
            """);

    Listing listing = list(manifest);

    assertThat(listing.files()).extracting(ListedFile::label).containsExactly("cat");
    assertThat(listing.rejected())
        .allMatch(file -> file.reason() == Rejection.UNREADABLE)
        .extracting(RejectedFile::label, RejectedFile::detail)
        .satisfiesExactly(
            row -> assertThat(row).isEqualTo(tuple("folder", "it is a folder")),
            row -> assertThat(row).isEqualTo(tuple("nul", "there is no such file")),
            row -> assertThat(row).isEqualTo(tuple("drive", "No FileSystem for scheme \"C\"")),
            row -> assertThat(row.toList().get(1).toString()).startsWith("Wrong FS: "),
            row -> assertThat(row).isEqualTo(tuple("up", "it is a folder")));
  }

  @Test
  void aQuoteThatIsNotClosedDoesNotFillTheScreen() throws IOException {
    Path manifest = write("all.csv", "path,label\n\"1.png,cat\n" + "2.png,dog\n".repeat(10_000));

    assertThatThrownBy(() -> list(manifest))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith(manifest + " has a row without label: [1.png,cat")
        .message()
        .hasSizeLessThan(500);
  }

  @Test
  void aManifestMayLieAnywhere() throws IOException {
    touch("a[1] {2}*/1.png");
    Path manifest = write("a[1] {2}*/all.csv", "path,label\n1.png,cat\n");

    assertThat(list(manifest).files()).extracting(ListedFile::label).containsExactly("cat");
  }

  @Test
  void aSpreadsheetMayPutAByteOrderMarkFirst() throws IOException {
    touch("1.png");
    Path manifest = write("all.csv", "\uFEFFpath,label\r\n1.png,cat\r\n");

    assertThat(list(manifest).files()).extracting(ListedFile::label).containsExactly("cat");
  }

  @Test
  void labelsStayTheTextThatTheyAre() throws IOException {
    touch("1.png");
    touch("2.png");
    Path manifest = write("all.csv", "path,label\n1.png,007\n2.png,cafe\u0301\n");

    assertThat(list(manifest).files())
        .extracting(ListedFile::label)
        .containsExactly("007", "caf\u00e9");
  }

  @Test
  void missingFilesAreRejected() throws IOException {
    touch("1.png");
    Path manifest = write("all.csv", "path,label\n1.png,cat\ngone.png,cafe\u0301\n");

    Listing listing = list(manifest);

    assertThat(listing.files()).hasSize(1);
    assertThat(listing.rejected())
        .extracting(RejectedFile::label, RejectedFile::reason, RejectedFile::detail)
        .containsExactly(tuple("caf\u00e9", Rejection.UNREADABLE, "there is no such file"));
    assertThat(listing.rejected().get(0).path()).endsWith(folder + "/gone.png");
  }

  @Test
  void refusesAMissingManifest() {
    assertUnusable(folder.resolve("no.csv"), "There is no manifest " + folder + "/no.csv");
  }

  @Test
  void refusesMissingColumns() throws IOException {
    Path manifest = write("all.csv", "file,label\n1.png,cat\n");

    assertUnusable(
        manifest, manifest + " has the columns [file, label]; path and label are needed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty.csv", "empty.jsonl"})
  void refusesAnEmptyManifest(String name) throws IOException {
    Path manifest = write(name, "");

    assertUnusable(manifest, manifest + " has the columns []; path and label are needed");
  }

  @Test
  void refusesMissingValues() throws IOException {
    touch("1.png");

    Path unlabelled = write("a.csv", "path,label\n1.png,\n");
    assertUnusable(unlabelled, unlabelled + " has a row without label: [1.png,null]");
    Path pathless = write("b.csv", "path,label\n ,cat\n");
    assertUnusable(pathless, pathless + " has a row without path: [ ,cat]");
  }

  @Test
  void refusesUnknownSplits() throws IOException {
    touch("1.png");
    Path manifest = write("all.csv", "path,label,split\n1.png,cat,dev\n");

    assertUnusable(
        manifest, manifest + " names the split 'dev'; train, validation and test are known");
  }

  @Test
  void refusesParquetThatIsNone() throws IOException {
    Path manifest = write("all.parquet", "path,label\n1.png,cat\n");

    assertThatThrownBy(() -> list(manifest))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith(manifest + " cannot be read: ");
  }

  private static void assertUnusable(Path manifest, String message) {
    assertThatThrownBy(() -> list(manifest))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }

  private static Listing list(Path manifest) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(manifest.toString());
    assertThat(ManifestListing.isManifest(path)).isTrue();
    return ManifestListing.list(LocalSpark.session(), path);
  }

  private ListedFile file(String name, String label, Optional<Split> split, Optional<String> group)
      throws IOException {
    Path file = folder.resolve(name);
    return new ListedFile(
        "file:" + file,
        label,
        split,
        group,
        Files.size(file),
        Files.getLastModifiedTime(file).toMillis(),
        Optional.empty());
  }

  private Path touch(String name) throws IOException {
    return Photos.write(folder.resolve(name), new byte[1]);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
