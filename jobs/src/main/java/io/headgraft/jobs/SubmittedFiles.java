package io.headgraft.jobs;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * The files that {@code spark-submit --files} brings along, by their names. In cluster mode on YARN
 * and Kubernetes they lie in the driver's working directory; everywhere else they stay where they
 * are, and Spark's configuration says where that is.
 */
final class SubmittedFiles {

  private static final String[] KEYS = {"spark.files", "spark.yarn.dist.files"};

  private SubmittedFiles() {}

  /**
   * Where a file lies.
   *
   * @param uri as a user gives it: a path, a URI, or the name of a file that came along
   * @return the same unless it is such a name, and no file of the working directory has it
   */
  static String locate(String uri) {
    return locate(uri, new SparkConf());
  }

  static String locate(String uri, SparkConf spark) {
    if (uri.contains(":") || uri.contains("/") || new File(uri).exists()) {
      return uri;
    }
    return Stream.of(KEYS)
        .flatMap(key -> Stream.of(spark.get(key, "").split(",")))
        .map(String::strip)
        .filter(file -> !file.isEmpty())
        .flatMap(file -> ifNamed(uri, parsed(file)).stream())
        .findFirst()
        .orElse(uri);
  }

  /** As Spark reads it: a URI, or else a path. */
  private static URI parsed(String file) {
    try {
      URI uri = new URI(file);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // A path.
    }
    return new File(file).toURI();
  }

  /** Behind a # stands another name for it. */
  private static Optional<String> ifNamed(String name, URI file) {
    String path = file.getPath();
    String own =
        file.getFragment() == null ? path.substring(path.lastIndexOf('/') + 1) : file.getFragment();
    if (!own.equals(name)) {
      return Optional.empty();
    }
    return Optional.of(
        "file".equals(file.getScheme()) ? path : file.toString().replaceFirst("#.*", ""));
  }
}
