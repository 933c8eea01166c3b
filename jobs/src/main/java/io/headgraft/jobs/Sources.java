package io.headgraft.jobs;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.backbone.Backbone;
import io.headgraft.backbone.BackboneStore;
import io.headgraft.coreml.ModelPackage;
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

  private static byte[] readFile(String uri, String what) {
    try {
      if (isLocal(uri)) {
        // Without Hadoop, whose classes take longer to load than most files.
        return Files.readAllBytes(Paths.get(uri));
      }
      Path path = new Path(uri);
      try (InputStream file = path.getFileSystem(SparkOptions.hadoop()).open(path)) {
        return file.readAllBytes();
      }
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw HeadgraftException.unusable("There is no %s %s".formatted(what, uri), e);
    } catch (IOException | RuntimeException e) {
      // Of a URI that is none, and of classes that are not there, nothing is declared.
      throw HeadgraftException.unusable(
          "The %s %s cannot be read: %s".formatted(what, uri, Stores.reason(e)), e);
    }
  }

  /** Whether this is a path of the driver's own machine. */
  static boolean isLocal(String uri) {
    return !uri.contains(":");
  }

  /** Reads a text in UTF-8. */
  static String text(String uri, String what) {
    return new String(readFile(uri, what), StandardCharsets.UTF_8);
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
