package io.headgraft.jobs;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.backbone.Backbone;
import io.headgraft.backbone.BackboneStore;
import io.headgraft.coreml.ModelPackage;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.image.ImageOptions;
import io.headgraft.run.Settings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Paths;
import org.apache.hadoop.fs.Path;

/** Files that a command line names, wherever they lie. */
final class Sources {

  private Sources() {}

  /**
   * Reads a file; of a Core ML package, the model in it.
   *
   * @param what it is, for messages: "backbone", "model"
   */
  static byte[] read(String uri, String what) {
    String name = uri.replaceFirst("/+$", "");
    if (name.endsWith(ModelPackage.SUFFIX)) {
      byte[] manifest = readFile(name + "/" + ModelPackage.MANIFEST, what);
      return readFile(name + "/" + ModelPackage.rootModel(manifest, name), what);
    }
    return readFile(uri, what);
  }

  /** Reads an image; of one that is too long, a byte more than is allowed, which tells that. */
  static byte[] image(String uri, ImageOptions limits) {
    return readFile(
        uri, "image", (int) Math.min(DatasetFiles.LONGEST_ARRAY, limits.maxBytes() + 1));
  }

  private static byte[] readFile(String uri, String what) {
    return readFile(uri, what, DatasetFiles.LONGEST_ARRAY);
  }

  private static byte[] readFile(String uri, String what, int maxBytes) {
    try (InputStream file = open(uri)) {
      return file.readNBytes(maxBytes);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw HeadgraftException.unusable("There is no %s %s".formatted(what, uri), e);
    } catch (IOException | RuntimeException e) {
      // Of a URI that is none, and of classes that are not there, nothing is declared.
      throw HeadgraftException.unusable(
          "The %s %s cannot be read: %s".formatted(what, uri, Stores.reason(e)), e);
    }
  }

  /** Reads a text in UTF-8. */
  static String text(String uri, String what) {
    return new String(readFile(uri, what), StandardCharsets.UTF_8);
  }

  private static InputStream open(String uri) throws IOException {
    if (!DatasetFiles.isUri(uri)) {
      // Without Hadoop, whose classes take longer to load than most files.
      return Files.newInputStream(Paths.get(uri));
    }
    Path path = new Path(uri);
    return Stores.open(path.getFileSystem(SparkOptions.hadoop()), path);
  }

  /** Where the backbone lies: as the user says, in the cache, or once it is downloaded. */
  static String backboneUri(BackboneOptions options, Settings settings) {
    return options
        .backbone()
        .orElseGet(
            () ->
                new BackboneStore(
                        BackboneStore.defaultCacheDirectory(),
                        settings.backboneRelease(),
                        settings.backboneTimeout())
                    .fetch()
                    .toString());
  }

  /** Reads and checks the backbone. */
  static Backbone backbone(String uri, Settings settings) {
    Backbone backbone =
        Backbone.read(read(SubmittedFiles.locate(uri), "backbone"), uri, settings.featureLayer());
    settings.imageSize().ifPresent(backbone::requireInputSize);
    return backbone;
  }
}
