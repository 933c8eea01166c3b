package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The folder that keeps everything from run to run, on whatever file system Hadoop reaches. A file
 * is written under a temporary name and moved, so it is there whole or not at all.
 */
public final class WorkDirectory {

  private final FileContext files;
  private final Path root;
  private final Runnable guard;

  private WorkDirectory(FileContext files, Path root, Runnable guard) {
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

  private static WorkDirectory at(String uri, Configuration hadoop) {
    Configuration configuration = new Configuration(hadoop);
    // Without this, each local file would get a checksum file beside it.
    configuration.set("fs.AbstractFileSystem.file.impl", "org.apache.hadoop.fs.local.RawLocalFs");
    try {
      Path path = new Path(uri);
      FileContext files = FileContext.getFileContext(path.toUri(), configuration);
      return new WorkDirectory(files, files.makeQualified(path), () -> {});
    } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
      throw HeadgraftException.usage(
          "The work directory %s cannot be used: %s".formatted(uri, e.getMessage()));
    }
  }

  private void requireWritable() {
    String probe = ".writable-" + UUID.randomUUID();
    try {
      writeTo(new Path(root, probe), new byte[0]);
      files.delete(new Path(root, probe), false);
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "The work directory %s cannot be written: %s".formatted(root, e.getMessage()), e);
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
    return new Path(root, name).toString();
  }

  /** The length of all files in a folder and below; 0 if there is no such folder. */
  long bytes(String folder) {
    try {
      Path path = new Path(root, folder);
      return files.util().exists(path) ? files.util().getContentSummary(path).getLength() : 0;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** Whether there is such a file or folder. */
  public boolean exists(String name) {
    try {
      return files.util().exists(new Path(root, name));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The names in a folder, sorted; none if there is no such folder. */
  public List<String> list(String folder) {
    if (!exists(folder)) {
      return List.of();
    }
    try {
      List<String> names = new ArrayList<>();
      FileStatus[] all = files.util().listStatus(new Path(root, folder));
      Arrays.stream(all).map(status -> status.getPath().getName()).sorted().forEach(names::add);
      return names;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The bytes of a file. */
  public byte[] read(String name) {
    try (InputStream file = files.open(new Path(root, name))) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** Reads JSON, if there is such a file. */
  <T> Optional<T> find(String name, Class<T> type) {
    try (InputStream file = files.open(new Path(root, name))) {
      return Optional.of(Json.read(file.readAllBytes(), type, uri(name)));
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
    Path target = new Path(root, name);
    Path temporary = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      writeTo(temporary, bytes);
      move(temporary, target);
    } catch (IOException e) {
      deleteQuietly(temporary, e);
      throw HeadgraftException.unusable(
          "%s cannot be written: %s".formatted(target, e.getMessage()), e);
    }
  }

  /** Writes JSON. */
  public void write(String name, Object value) {
    write(name, Json.pretty(value));
  }

  /**
   * Gives a folder another name, in the place of one that has it. Where the file system renames
   * folders at once (not on S3), readers see the one or the other, or for a moment none.
   */
  public void replaceFolder(String folder, String by) {
    guard.run();
    Path target = new Path(root, folder);
    Path before = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      boolean replaced = files.util().exists(target);
      if (replaced) {
        files.rename(target, before, Rename.NONE);
      }
      try {
        files.rename(new Path(root, by), target, Rename.NONE);
      } catch (IOException e) {
        if (replaced) {
          files.rename(before, target, Rename.NONE);
        }
        throw e;
      }
      if (replaced) {
        files.delete(before, true);
      }
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot take the place of %s: %s".formatted(uri(by), target, e.getMessage()), e);
    }
  }

  /** Deletes a file or a folder with all that it holds, if it is there. */
  public void delete(String name) {
    guard.run();
    try {
      if (exists(name)) {
        files.delete(new Path(root, name), true);
      }
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be deleted: %s".formatted(uri(name), e.getMessage()), e);
    }
  }

  private void writeTo(Path path, byte[] bytes) throws IOException {
    try (OutputStream file =
        files.create(path, EnumSet.of(CreateFlag.CREATE), CreateOpts.createParent())) {
      file.write(bytes);
    }
  }

  private void move(Path from, Path to) throws IOException {
    if ("file".equals(root.toUri().getScheme())) {
      // Hadoop would delete the old file, and then rename the new one.
      Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
    } else {
      files.rename(from, to, Rename.OVERWRITE);
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

  private HeadgraftException unreadable(String name, IOException e) {
    return HeadgraftException.unusable(
        "%s cannot be read: %s".formatted(uri(name), e.getMessage()), e);
  }
}
