package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.report.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * The figures of the last run for Prometheus, in a file that node_exporter's textfile collector
 * reads. It is on this machine's disk, and there whole or not at all.
 */
public final class MetricsFile {

  private final Path file;
  private final String workdir;

  private MetricsFile(Path file, String workdir) {
    this.file = file;
    this.workdir = workdir;
  }

  /**
   * Names the file.
   *
   * @param file whose folder has to be there: it is node_exporter's
   * @param workdir as the user names it; a label of all figures
   * @throws HeadgraftException (exit code 2) if there is no such folder, or nothing can be written
   *     there
   */
  public static MetricsFile in(Path file, String workdir) {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw HeadgraftException.usage(
          "observe.metrics-file is %s, but %s is no folder that can be written to"
              .formatted(file, folder));
    }
    if (Files.isDirectory(absolute)) {
      throw HeadgraftException.usage(
          "observe.metrics-file is %s, which is a folder: name a file, %s for example"
              .formatted(file, absolute.resolve("headgraft.prom")));
    }
    // Nobody should write credentials into a URI; if somebody does, they stay here.
    return new MetricsFile(absolute, workdir.replaceFirst("^(\\w+://)[^/@]*@", "$1"));
  }

  /**
   * Replaces the file.
   *
   * @param report of the run's heads, or null
   * @throws IOException if it cannot be written
   */
  public void write(RunRecord record, Report report) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : "";
    // node_exporter passes over names that do not end in .prom.
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(
          temporary,
          RunMetrics.text(workdir, record, report, before).getBytes(StandardCharsets.UTF_8));
      if (Files.getFileStore(temporary).supportsFileAttributeView("posix")) {
        // It is another user's process that reads it.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
