package io.headgraft.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.headgraft.features.ExtractFeatures;
import io.headgraft.image.Rejection;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a run did, and on what: {@code run.json}, written last. A run without it did not end.
 *
 * @param run its id
 * @param error what made it fail, or null
 * @param unchangedSince the run that trained exactly what this one would have, so that it did not;
 *     null if it did
 * @param backbone null if the run failed before it was known; likewise the following
 * @param gate what the models had to meet to go live
 */
public record RunRecord(
    String run,
    String started,
    String finished,
    Status status,
    int exitCode,
    String error,
    String unchangedSince,
    BackboneFacts backbone,
    DatasetFacts dataset,
    FeatureFacts features,
    Counts counts,
    EmitModel.Result emit,
    Gate gate,
    List<Stage> stages,
    Map<String, Object> configuration,
    Map<String, String> environment) {

  private static final String UNKNOWN = "unknown: not built from a Git repository";

  /** How a run ended. */
  public enum Status {
    PROMOTED,
    CHAMPION_KEPT,
    FAILED;

    /** As JSON has it. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The data set.
   *
   * @param version of its table
   * @param images that were used, each once
   */
  public record DatasetFacts(long version, int images, List<String> labels) {}

  /**
   * The features.
   *
   * @param version of the cache
   * @param extracted rows that this run computed, null if it extracted nothing itself
   * @param reused rows that were there, likewise
   * @param rejected files that are not used
   */
  public record FeatureFacts(
      long version, String pipeline, Long extracted, Long reused, Integer rejected) {

    /** Of a run that extracted. */
    public static FeatureFacts of(ExtractFeatures.Result result, int rejected) {
      return new FeatureFacts(
          result.version(), result.pipeline(), result.extracted(), result.reused(), rejected);
    }
  }

  /**
   * What an extraction had to do. Files and rejections follow from the data set; what tasks did is
   * counted as they did it, and counts twice what had to be done again.
   *
   * @param listed files of the data set
   * @param read files that were new or changed
   * @param decoded images
   * @param networksLoaded by processes that had not loaded it before
   * @param rejected files that are not used, by reason
   */
  public record Counts(
      int listed, int read, long decoded, long networksLoaded, Map<Rejection, Integer> rejected) {}

  /** A part of a run and how long it took. */
  public record Stage(String name, double seconds) {}

  /** What the run ran on, and what ran: Git's commit is that of the build. */
  public static Map<String, String> environmentFacts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("java", System.getProperty("java.vm.version"));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("architecture", System.getProperty("os.arch"));
    facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    Properties build = build();
    facts.put("headgraft", build.getProperty("git.build.version", UNKNOWN));
    facts.put(
        "git",
        build.getProperty("git.commit.id", UNKNOWN)
            + (build.getProperty("git.dirty", "false").equals("true") ? ", changed" : ""));
    return facts;
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream file = RunRecord.class.getResourceAsStream("/io/headgraft/git.properties")) {
      if (file != null) {
        build.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }
}
