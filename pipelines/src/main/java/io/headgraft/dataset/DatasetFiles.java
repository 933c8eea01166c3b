package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The files that a data set lists. */
public final class DatasetFiles {

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

  /** Bytes that fit into an array. */
  public static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private DatasetFiles() {}

  /**
   * The path that a user names. A file's name may hold a colon: a scheme's is followed by a slash.
   *
   * @throws IllegalArgumentException if it is empty, or no URI can be made of it
   */
  public static Path path(String name) {
    return isUri(name) || name.isEmpty() ? new Path(name) : new Path(null, null, name);
  }

  /** Whether a name begins with a scheme. */
  public static boolean isUri(String name) {
    return SCHEME.matcher(name).lookingAt();
  }

  /**
   * Opens a file.
   *
   * @param uri as {@link ListedFile} has it
   */
  public static InputStream open(String uri, Configuration hadoop) throws IOException {
    Path path = new Path(uri);
    FileSystem files = path.getFileSystem(hadoop);
    // Beside each local file, Hadoop looks for one of checksums, and fails where a name has a
    // colon.
    return files instanceof LocalFileSystem local
        ? local.getRawFileSystem().open(path)
        : Stores.open(files, path);
  }

  /**
   * Why a file cannot be read, to be listed among those that are not used.
   *
   * @param uri as {@link ListedFile} has it
   * @throws HeadgraftException if that is not the file's fault, but that of the store or of the way
   *     to it, after all that was tried again: then it would be wrong to do without the file
   */
  public static String reason(String uri, IOException failure) {
    if (Stores.isOfTheFile(uri, failure)) {
      return String.valueOf(failure.getMessage());
    }
    throw HeadgraftException.unusable(
        "%s cannot be read, try again later: %s".formatted(uri, Stores.reason(failure)), failure);
  }

  /**
   * Reads a file; of one that is too long, a byte more than is allowed, which tells that it is.
   *
   * @param uri as {@link ListedFile} has it
   * @param maxBytes the length that is allowed, at least 1
   */
  public static byte[] read(String uri, Configuration hadoop, long maxBytes) throws IOException {
    try (InputStream file = open(uri, hadoop)) {
      return file.readNBytes((int) Math.min(LONGEST_ARRAY - 1, maxBytes) + 1);
    }
  }
}
