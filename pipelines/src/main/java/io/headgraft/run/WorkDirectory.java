package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.Stores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The folder that keeps everything from run to run, on whatever file system Hadoop reaches. A file
 * is there whole or not at all: it is written under a temporary name and moved, but on S3, where an
 * object is there once it is written whole, and a move would be a copy and two deletions.
 */
public final class WorkDirectory {

  /** A folder that is about to take the place of another; a killed process leaves it behind. */
  private static final String REPLACEMENT = "replacement.json";

  private static final int READ_ATTEMPTS = 10;

  private final FileSystem files;
  private final Path root;
  private final Runnable guard;

  /**
   * A folder that takes the place of another.
   *
   * @param names of the files in it and below, sorted
   */
  private record Replacement(String folder, String by, List<String> names) {}

  private WorkDirectory(FileSystem files, Path root, Runnable guard) {
    this.files = files;
    this.root = root;
    this.guard = guard;
  }

  /**
   * Opens a work directory, and makes it if it is not there.
   *
   * @param uri of the folder
   * @throws HeadgraftException if it cannot be written
   */
  public static WorkDirectory open(String uri, Configuration hadoop) {
    WorkDirectory directory = at(uri, hadoop);
    directory.requireWritable();
    return directory;
  }

  /**
   * Opens a work directory that runs have left something in, and writes nothing.
   *
   * @param uri of the folder
   * @throws HeadgraftException if there are no runs in it
   */
  public static WorkDirectory withRuns(String uri, Configuration hadoop) {
    WorkDirectory directory = at(uri, hadoop);
    if (!directory.exists("runs")) {
      throw HeadgraftException.unusable("%s holds no runs".formatted(directory.root));
    }
    return directory;
  }

  /** Names a work directory that has been opened before, and neither reads nor writes. */
  static WorkDirectory at(String uri, Configuration hadoop) {
    Stores.requireNoSecrets(uri);
    try {
      Path path = new Path(uri);
      FileSystem files = path.getFileSystem(hadoop);
      // Else each local file would get a checksum file beside it.
      FileSystem raw = files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
      return new WorkDirectory(raw, raw.makeQualified(path), () -> {});
    } catch (UnsupportedFileSystemException | RuntimeException e) {
      // Of a URI that is none, and of classes that are not there, nothing is declared.
      throw HeadgraftException.usage(
          "The work directory %s cannot be used: %s".formatted(uri, Stores.reason(e)));
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "The work directory %s cannot be used: %s".formatted(uri, Stores.reason(e)), e);
    }
  }

  private void requireWritable() {
    Path probe = new Path(root, ".writable-" + UUID.randomUUID());
    try {
      writeTo(probe, new byte[0]);
      files.delete(probe, false);
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "The work directory %s cannot be written: %s".formatted(root, Stores.reason(e)), e);
    }
  }

  /** The same folder, with something to be asked before each write, which may throw. */
  WorkDirectory guardedBy(Runnable writeGuard) {
    return new WorkDirectory(files, root, writeGuard);
  }

  /**
   * To be called before something is written to the folder past this class.
   *
   * @throws HeadgraftException if it must not be written to any more
   */
  public void requireWritingAllowed() {
    guard.run();
  }

  /** The URI of the folder. */
  public String uri() {
    return root.toString();
  }

  /** The URI of a file below it. */
  public String uri(String name) {
    return path(name).toString();
  }

  private Path path(String name) {
    return new Path(root, name);
  }

  /** The length of all files in a folder and below; 0 if there is no such folder. */
  long bytes(String folder) {
    try {
      return files.getContentSummary(path(folder)).getLength();
    } catch (FileNotFoundException e) {
      return 0;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** Whether there is such a file or folder. */
  public boolean exists(String name) {
    try {
      return files.exists(path(name));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The names in a folder, sorted; none if there is no such folder. */
  public List<String> list(String folder) {
    try {
      return Stream.of(files.listStatus(path(folder)))
          .map(status -> status.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The bytes of a file. */
  public byte[] read(String name) {
    try {
      return readWhole(path(name));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private byte[] readWhole(Path path) throws IOException {
    for (int attempt = 1; true; attempt++) {
      try (InputStream file = Stores.open(files, path)) {
        return file.readAllBytes();
      } catch (IOException e) {
        // Between S3A's look at an object and its reading, another may have taken its place.
        if (!Stores.isReplaced(e) || attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Reads JSON, if there is such a file. */
  <T> Optional<T> find(String name, Class<T> type) {
    return find(name).map(bytes -> Json.read(bytes, type, uri(name)));
  }

  /** The bytes of a file, if there is such a one. */
  Optional<byte[]> find(String name) {
    try {
      return Optional.of(readWhole(path(name)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Reads JSON. */
  public <T> T read(String name, Class<T> type) {
    return Json.read(read(name), type, uri(name));
  }

  /** Writes a file, replacing one of that name. */
  public void write(String name, byte[] bytes) {
    guard.run();
    Path target = path(name);
    try {
      if (Stores.isObjectStore(root.toUri())) {
        writeTo(target, bytes);
      } else {
        writeAndMove(target, bytes);
      }
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be written: %s".formatted(target, Stores.reason(e)), e);
    }
  }

  /** Writes JSON. */
  public void write(String name, Object value) {
    write(name, Json.pretty(value));
  }

  private void writeAndMove(Path target, byte[] bytes) throws IOException {
    Path temporary = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      writeTo(temporary, bytes);
      move(temporary, target);
    } catch (IOException e) {
      deleteQuietly(temporary, e);
      throw e;
    }
  }

  private void writeTo(Path path, byte[] bytes) throws IOException {
    FSDataOutputStream file = files.create(path, true);
    try {
      file.write(bytes);
    } catch (IOException e) {
      // On S3, to close it would be to publish what has been written so far.
      if (file.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
        file.abort();
      }
      file.close();
      throw e;
    }
    file.close();
  }

  private void move(Path from, Path to) throws IOException {
    if ("file".equals(root.toUri().getScheme())) {
      // Hadoop would delete the old file, and then rename the new one.
      Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
    } else {
      FileContext.getFileContext(root.toUri(), files.getConf()).rename(from, to, Rename.OVERWRITE);
    }
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private void deleteQuietly(Path path, IOException cause) {
    try {
      files.delete(path, false);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Gives a folder another name, in the place of one that has it. Where the file system renames
   * folders at once, readers see the one or the other, or for a moment none. On S3 the files take
   * their places one by one, each at once; meanwhile readers see files of both. What is broken off
   * is done by {@link #finishReplacement}.
   */
  public void replaceFolder(String folder, String by) {
    guard.run();
    List<String> names = filesBelow(by);
    if (names.isEmpty()) {
      throw HeadgraftException.unusable(
          "%s cannot take the place of %s: it holds no files".formatted(uri(by), uri(folder)));
    }
    write(REPLACEMENT, new Replacement(folder, by, names));
    finishReplacement();
  }

  /** Does the rest of what a killed process had begun with {@link #replaceFolder}, if one had. */
  void finishReplacement() {
    find(REPLACEMENT, Replacement.class)
        .ifPresent(
            begun -> {
              if (Stores.isObjectStore(root.toUri())) {
                copy(begun);
              } else {
                rename(begun);
              }
              delete(REPLACEMENT);
            });
  }

  /** The names in the record: of what is copied from, a part may have been deleted. */
  private void copy(Replacement begun) {
    List<String> there = filesBelow(begun.by());
    if (there.equals(begun.names())) {
      there.forEach(name -> write(begun.folder() + "/" + name, read(begun.by() + "/" + name)));
    }
    filesBelow(begun.folder()).stream()
        .filter(name -> !begun.names().contains(name))
        .forEach(name -> delete(begun.folder() + "/" + name));
    delete(begun.by());
  }

  private void rename(Replacement begun) {
    Path target = path(begun.folder());
    Path by = path(begun.by());
    Path before = new Path(target.getParent(), "." + target.getName() + ".replaced");
    try {
      if (files.exists(by)) {
        if (files.exists(target)) {
          files.delete(before, true);
          rename(target, before);
        }
        rename(by, target);
      }
      files.delete(before, true);
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot take the place of %s: %s".formatted(by, target, Stores.reason(e)), e);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("%s cannot be renamed to %s".formatted(from, to));
    }
  }

  /** Sorted; none if there is no such folder. */
  private List<String> filesBelow(String folder) {
    int prefix = path(folder).toUri().getPath().length() + 1;
    List<String> names = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> found = files.listFiles(path(folder), true);
      while (found.hasNext()) {
        FileStatus file = found.next();
        names.add(file.getPath().toUri().getPath().substring(prefix));
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    names.sort(null);
    return names;
  }

  /** Deletes a file or a folder with all that it holds, if it is there. */
  public void delete(String name) {
    guard.run();
    try {
      files.delete(path(name), true);
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be deleted: %s".formatted(uri(name), Stores.reason(e)), e);
    }
  }

  private HeadgraftException unreadable(String name, IOException e) {
    return HeadgraftException.unusable(
        "%s cannot be read: %s".formatted(uri(name), Stores.reason(e)), e);
  }
}
