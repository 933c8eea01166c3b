package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The files that a data set lists. */
public final class DatasetFiles {

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private DatasetFiles() {}

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
        : files.open(path);
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
