package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.backbone.SqueezeNet;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs commands on a small data set, so that their classes are loaded once: the launcher has the
 * JVM write what it loaded to an archive, from which the next ones start sooner.
 */
final class Rehearsal {

  /** As little as loads all that a night with the defaults does. */
  private static final List<String> SETTINGS =
      List.of(
          "augment.variants=1",
          "head.seeds=1",
          "head.learning-curve=[]",
          "head.lbfgs.l2=[0.1]",
          "head.lbfgs.refinements=1",
          "head.sgd.learning-rates=[0.01]",
          "head.sgd.l2=[0.01]",
          "head.sgd.epochs=1",
          "head.adam.learning-rates=[0.01]",
          "head.adam.l2=[0.01]",
          "head.adam.epochs=1",
          "head.knn.k=[3]",
          "report.bootstrap=100");

  private Rehearsal() {}

  /**
   * Runs the commands.
   *
   * @param args a new folder to work in
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Path photos = folder.resolve("photos");
    SamplePhotos.write(photos, 1);
    Path backbone =
        Files.write(folder.resolve("untrained.mlmodel"), SqueezeNet.untrained(1).toByteArray());
    Path workdir = folder.resolve("work");
    nightly(photos, workdir, backbone);
    // Now nothing is new.
    nightly(photos, workdir, backbone);
    Path model = model(workdir);
    String photo = file(photos, ".jpg").toString();
    run("runs", "--workdir", workdir.toString());
    run("inspect", model.toString());
    run("inspect", "--json", model.toString());
    run("validate", model.toString());
    run("predict", "--model", model.toString(), photo);
    run("embed", "--backbone", backbone.toString(), photo);
    run("--version");
    run("--help");
    System.exit(ExitCode.DONE.code());
  }

  private static void nightly(Path photos, Path workdir, Path backbone) {
    Stream<String> command =
        Stream.of(
            "nightly", "--data", photos.toString(), "--workdir", workdir.toString(), "--backbone");
    Stream<String> settings = SETTINGS.stream().flatMap(setting -> Stream.of("--set", setting));
    run(
        Stream.of(command, Stream.of(backbone.toString()), settings)
            .flatMap(words -> words)
            .toArray(String[]::new));
  }

  private static Path model(Path workdir) throws IOException {
    return file(workdir.resolve("runs"), "classifier.mlmodel");
  }

  private static Path file(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
    }
  }

  private static void run(String... command) {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int exitCode = Main.run(nowhere, err, command);
    if (exitCode != ExitCode.DONE.code()) {
      throw new IllegalStateException(
          "%s ended with exit code %d".formatted(String.join(" ", command), exitCode));
    }
  }
}
