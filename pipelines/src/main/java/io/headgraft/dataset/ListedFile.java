package io.headgraft.dataset;

import java.util.Optional;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;

/**
 * A file that a data set lists, before it is read.
 *
 * @param path full URI, as Hadoop writes it
 * @param label in Unicode's NFC
 * @param split if the data set names one
 * @param group of images that stay in one split, if the data set names one
 * @param length in bytes
 * @param modified milliseconds since 1970
 * @param etag what the store calls this content, if it does: S3
 */
public record ListedFile(
    String path,
    String label,
    Optional<Split> split,
    Optional<String> group,
    long length,
    long modified,
    Optional<String> etag) {

  static ListedFile of(
      FileStatus status, String label, Optional<Split> split, Optional<String> group) {
    return new ListedFile(
        status.getPath().toString(),
        label,
        split,
        group,
        status.getLen(),
        status.getModificationTime(),
        status instanceof EtagSource source
            ? Optional.ofNullable(source.getEtag())
            : Optional.empty());
  }

  /** Whether the file, listed before under the same path, need not be read again. */
  boolean holdsWhat(ListedFile before) {
    boolean named = etag.isPresent() && before.etag.isPresent();
    boolean same = named ? etag.equals(before.etag) : modified == before.modified;
    return same && length == before.length;
  }

  /** The same file with an earlier time: uploaded again, it does not make a new data set. */
  ListedFile at(long time) {
    return new ListedFile(path, label, split, group, length, time, etag);
  }
}
