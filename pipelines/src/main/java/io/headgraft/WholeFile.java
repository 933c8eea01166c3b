package io.headgraft;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Reads a file to its real end. Hadoop 3.3.4 takes it for the end of an S3 object where the store
 * closes the connection each time without an answer: a part of a photo, or none of it, would pass
 * for all.
 */
public final class WholeFile extends FilterInputStream {

  private final Path path;
  private final long length;
  private long read;

  private WholeFile(InputStream file, Path path, long length) {
    super(file);
    this.path = path;
    this.length = length;
  }

  /** Opens a file; elsewhere than on an object store, as it is. */
  public static InputStream open(FileSystem files, Path path) throws IOException {
    if (!Stores.isObjectStore(files.getUri())) {
      return files.open(path);
    }
    // To open it by its name would be to ask for its length a second time.
    FileStatus status = files.getFileStatus(path);
    return new WholeFile(
        FutureIO.awaitFuture(files.openFile(path).withFileStatus(status).build()),
        path,
        status.getLen());
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    count(next < 0 ? -1 : 1);
    return next;
  }

  @Override
  public int read(byte[] buffer, int offset, int most) throws IOException {
    int count = in.read(buffer, offset, most);
    count(count);
    return count;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(bytes);
    read += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(int bytes) throws IOException {
    if (bytes >= 0) {
      read += bytes;
    } else if (read < length) {
      throw new IOException(
          "%s ended after %,d of %,d bytes: the store does not answer"
              .formatted(path, read, length));
    }
  }
}
