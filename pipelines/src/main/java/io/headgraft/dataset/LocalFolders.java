package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Lists local folders by Java itself: Hadoop says nothing of links that lead nowhere and of names
 * that it cannot read, takes a pipe for a file, and asks for each file several times. Links are
 * followed.
 */
final class LocalFolders {

  /** What Java makes of bytes that its locale cannot read. */
  private static final char UNREADABLE_CHARACTER = '\uFFFD';

  private LocalFolders() {}

  /**
   * What lies in a folder, in the order of the names.
   *
   * @param wanted names
   * @param unusable is told of entries that are neither files nor folders, and why
   */
  static List<FileStatus> list(
      Path folder, Predicate<String> wanted, BiConsumer<Path, String> unusable) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(local(folder))) {
      for (java.nio.file.Path entry : entries) {
        String name = entry.getFileName().toString();
        if (wanted.test(name)) {
          add(entry, new Path(folder, new Path(null, null, name)), found, unusable);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(status -> status.getPath().getName()));
    return found;
  }

  private static void add(
      java.nio.file.Path entry,
      Path path,
      List<FileStatus> found,
      BiConsumer<Path, String> unusable) {
    if (path.getName().indexOf(UNREADABLE_CHARACTER) >= 0 && !isReadable(entry, path)) {
      unusable.accept(path, "its name is not UTF-8");
      return;
    }
    try {
      BasicFileAttributes is = Files.readAttributes(entry, BasicFileAttributes.class);
      if (is.isOther()) {
        unusable.accept(path, "it is no file, but a pipe, a socket or a device");
      } else {
        found.add(
            new FileStatus(
                is.size(), is.isDirectory(), 1, 0, is.lastModifiedTime().toMillis(), path));
      }
    } catch (NoSuchFileException e) {
      // What is no link has just been deleted.
      if (Files.isSymbolicLink(entry)) {
        unusable.accept(path, "it is a link to what is not there");
      }
    } catch (IOException e) {
      unusable.accept(path, String.valueOf(e.getMessage()));
    }
  }

  /** The character itself may stand in a name, too. */
  private static boolean isReadable(java.nio.file.Path entry, Path path) {
    if (!System.getProperty("sun.jnu.encoding", "").equalsIgnoreCase("UTF-8")) {
      throw HeadgraftException.unusable(
          "The name of '%s' cannot be read in this locale: set LC_ALL=C.UTF-8 for the process"
              .formatted(path));
    }
    return local(path).equals(entry);
  }

  /** Whether a folder is a link to one. */
  static boolean isLink(Path folder) {
    return Files.isSymbolicLink(local(folder));
  }

  /** What a folder has in common with all links to it. */
  static Object key(Path folder) throws IOException {
    return Files.readAttributes(local(folder), BasicFileAttributes.class).fileKey();
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
