package io.headgraft;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * What is peculiar to object stores among the file systems that Hadoop reaches: {@code s3a://}. Its
 * exceptions are known by their names, because Hadoop's classes for S3 need not be there.
 */
public final class Stores {

  /** So often an object has to be said to be empty, after the first time, to be taken for it. */
  private static final int EMPTY_ANSWERS = 3;

  private static final Pattern S3_WITH_SECRETS = Pattern.compile("(?is)\\bs3[an]?://[^/]*[:@].*");
  private static final Pattern SECRETS =
      Pattern.compile("(?is)\\b[a-z][a-z0-9+.-]*://[^/]*:[^/]*@.*");

  private static final Set<String> UNREACHABLE =
      Set.of(
          ConnectException.class.getSimpleName(),
          UnknownHostException.class.getSimpleName(),
          SocketTimeoutException.class.getSimpleName(),
          "ConnectTimeoutException",
          "HttpHostConnectException",
          "NoHttpResponseException",
          "NoRouteToHostException");

  private Stores() {}

  /**
   * Whether a file system is an object store: a file is there whole once it is written, and not
   * before; to rename is to copy and to delete.
   */
  public static boolean isObjectStore(URI uri) {
    return "s3a".equalsIgnoreCase(uri.getScheme());
  }

  /**
   * Refuses a text that is a URI with a password in it, which logs, Spark's pages and records of
   * runs would repeat.
   *
   * @throws HeadgraftException (exit code 2), whose message does not
   */
  public static void requireNoSecrets(String text) {
    if (S3_WITH_SECRETS.matcher(text).find() || SECRETS.matcher(text).find()) {
      throw HeadgraftException.usage(
          "%s://… holds a password: leave it out, and give it by the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) or any other of fs.s3a.aws.credentials.provider"
              .formatted(
                  text.substring(0, text.indexOf("://"))
                      .replaceFirst("(?s)^.*[^a-zA-Z0-9+.-]", "")));
    }
  }

  /**
   * Opens a file. Of S3's answers that are cut off in their head, the length may be what is
   * missing: Hadoop 3.3.4 takes such an object for an empty one, so that 0 is asked again.
   */
  public static InputStream open(FileSystem files, Path path) throws IOException {
    if (!isObjectStore(files.getUri())) {
      return files.open(path);
    }
    FileStatus status = files.getFileStatus(path);
    for (int i = 0; i < EMPTY_ANSWERS && status.getLen() == 0; i++) {
      status = files.getFileStatus(path);
    }
    // To open it by its name would be to ask for its length once more.
    return FutureIO.awaitFuture(files.openFile(path).withFileStatus(status).build());
  }

  /**
   * Whether it is a file's own fault that it cannot be read, and not that of the store or of the
   * way to it, whose faults pass.
   *
   * @param uri of the file
   */
  public static boolean isOfTheFile(String uri, Exception failure) {
    if (!uri.toLowerCase(Locale.ROOT).startsWith("s3a:")) {
      return true;
    }
    return failure instanceof FileNotFoundException
        || failure instanceof AccessDeniedException
        || isReplaced(failure);
  }

  /** Whether a file could not be read because another took its place meanwhile. */
  public static boolean isReplaced(Exception failure) {
    return isCalled(failure, "RemoteFileChangedException");
  }

  /** What went wrong, in one line, and where it is known, the way out. */
  public static String reason(Exception failure) {
    return reason(failure, causes(failure));
  }

  /**
   * What S3 failed at, if it was S3, whatever else its exception is wrapped in: Spark's and Delta's
   * come through them as they are.
   */
  public static Optional<HeadgraftException> failure(Throwable failure) {
    List<Throwable> causes = causes(failure);
    return causes.stream()
        .filter(Stores::isOfS3)
        .findFirst()
        .map(
            first ->
                HeadgraftException.unusable(
                    "S3 failed, and did so again when it was tried again; what was committed is kept: "
                        + reason(first, causes),
                    first));
  }

  private static String reason(Throwable told, List<Throwable> causes) {
    String own = String.valueOf(told.getMessage()).lines().findFirst().orElse("").strip();
    if (causes.stream().noneMatch(Stores::isOfS3)) {
      return own;
    }
    // The innermost that is known says most.
    return causes.stream()
        .flatMap(cause -> hint(cause).stream())
        .reduce((outer, inner) -> inner)
        .map(hint -> "%s (%s)".formatted(hint, own))
        .orElse(own);
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
  }

  private static boolean isOfS3(Throwable cause) {
    String name = cause.getClass().getName();
    return name.startsWith("com.amazonaws.")
        || name.startsWith("org.apache.hadoop.fs.s3a.")
        || isMissingS3(cause);
  }

  private static boolean isMissingS3(Throwable cause) {
    return cause instanceof ClassNotFoundException
        && String.valueOf(cause.getMessage()).contains("org.apache.hadoop.fs.s3a.");
  }

  private static Optional<String> hint(Throwable cause) {
    if (isMissingS3(cause)) {
      return Optional.of(
          "Hadoop's classes for S3 are not there: spark-submit --packages org.apache.hadoop:hadoop-aws:3.3.4, or the version of your Hadoop");
    }
    if (isCalled(cause, "UnknownStoreException")) {
      return Optional.of("there is no such bucket: create it, or correct the URI");
    }
    if (isCalled(cause, "NoAuthWithAWSException") || isCalled(cause, "NoAwsCredentialsException")) {
      return Optional.of(
          "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use another provider of fs.s3a.aws.credentials.provider");
    }
    if (isCalled(cause, "AWSRedirectException")) {
      return Optional.of(
          "the bucket lies elsewhere: set spark.hadoop.fs.s3a.endpoint and spark.hadoop.fs.s3a.endpoint.region");
    }
    if (cause instanceof AccessDeniedException) {
      return Optional.of(
          "access is denied: the credentials that were found are wrong, or do not allow this");
    }
    return UNREACHABLE.contains(cause.getClass().getSimpleName())
        ? Optional.of(
            "the store cannot be reached: check spark.hadoop.fs.s3a.endpoint and the network")
        : Optional.empty();
  }

  private static boolean isCalled(Throwable failure, String name) {
    return failure.getClass().getSimpleName().equals(name);
  }
}
