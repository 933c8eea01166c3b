package io.headgraft.backbone;

import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * A published backbone, downloaded once and kept in a cache directory. What it gives out has been
 * checked against the release's git blob id; what fails leaves nothing behind. Several stores, also
 * in several processes, may share a directory: a file appears in it complete or not at all.
 *
 * <p>All failures are {@link HeadgraftException}s (unusable) that name the address or file, what is
 * wrong, and how to do without the download.
 */
public final class BackboneStore {

  private final Path cacheDirectory;
  private final BackboneRelease release;
  private final Duration timeout;
  private final Consumer<String> warnings;

  /**
   * A store that logs its warnings.
   *
   * @param cacheDirectory where the file is kept; made when it is needed
   * @param release what to keep there
   * @param timeout for the whole download; a server that cannot be reached is given up sooner
   */
  public BackboneStore(Path cacheDirectory, BackboneRelease release, Duration timeout) {
    this(cacheDirectory, release, timeout, LoggerFactory.getLogger(BackboneStore.class)::warn);
  }

  /** A store that hands its warnings to {@code warnings}. */
  public BackboneStore(
      Path cacheDirectory, BackboneRelease release, Duration timeout, Consumer<String> warnings) {
    this.cacheDirectory = cacheDirectory;
    this.release = release;
    this.timeout = timeout;
    this.warnings = warnings;
  }

  /**
   * Where Headgraft keeps what it downloads: {@code $XDG_CACHE_HOME/headgraft}, or {@code
   * ~/.cache/headgraft} if the variable is not set to an absolute path.
   */
  public static Path defaultCacheDirectory() {
    return defaultCacheDirectory(
        System.getenv("XDG_CACHE_HOME"), Path.of(System.getProperty("user.home")));
  }

  /** By the XDG Base Directory Specification: "relative [paths are] invalid and ignored". */
  static Path defaultCacheDirectory(String xdgCacheHome, Path home) {
    boolean set = xdgCacheHome != null && Path.of(xdgCacheHome).isAbsolute();
    return (set ? Path.of(xdgCacheHome) : home.resolve(".cache")).resolve("headgraft");
  }

  /**
   * The backbone, if the cache has it. A damaged file is deleted with a warning, and counts as
   * absent.
   */
  public Optional<Path> cached() {
    Path file = target();
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      String found = GitBlob.id(file);
      if (found.equals(release.gitBlob())) {
        return Optional.of(file);
      }
      Files.deleteIfExists(file);
      warnings.accept(
          "%s was damaged and has been deleted: git blob id %s, expected %s"
              .formatted(file, found, release.gitBlob()));
      return Optional.empty();
    } catch (IOException e) {
      throw unusableCache(e);
    }
  }

  /** The backbone: from the cache, or else from where it is published. */
  public Path fetch() {
    return cached().orElseGet(this::download);
  }

  private Path download() {
    Path temporary = temporaryFile();
    try {
      new Download(release.uri(), timeout).to(temporary);
      requireReleased(temporary);
      return Files.move(temporary, target(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unusableCache(e);
    } finally {
      delete(temporary);
    }
  }

  /** In the cache directory itself: only within one file system is a move all or nothing. */
  private Path temporaryFile() {
    try {
      Files.createDirectories(cacheDirectory);
      Path file = Files.createTempFile(cacheDirectory, "download-", ".part");
      // A user who interrupts the program ends it without its finally blocks.
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw unusableCache(e);
    }
  }

  private void requireReleased(Path file) throws IOException {
    String found = GitBlob.id(file);
    if (!found.equals(release.gitBlob())) {
      throw Download.failure(
          release.uri(),
          "what came (%d bytes) is not the released file: git blob id %s, expected %s"
              .formatted(Files.size(file), found, release.gitBlob()),
          null);
    }
  }

  private void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      warnings.accept("%s is left over and could not be deleted: %s".formatted(temporary, e));
    }
  }

  private Path target() {
    return cacheDirectory.resolve(release.fileName());
  }

  private HeadgraftException unusableCache(IOException e) {
    return HeadgraftException.unusable(
        "The cache directory %s cannot be used: %s. Set XDG_CACHE_HOME to another, or %s."
            .formatted(cacheDirectory, e, Download.WAY_OUT),
        e);
  }
}
