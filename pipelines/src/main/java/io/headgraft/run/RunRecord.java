package io.headgraft.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.headgraft.features.ExtractFeatures;
import io.headgraft.report.Report.BackboneFacts;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run did, and on what: {@code run.json}, written last. A run without it did not end.
 *
 * @param run its id
 * @param error what made it fail, or null
 * @param backbone null if the run failed before it was known; likewise the following
 */
public record RunRecord(
    String run,
    String started,
    String finished,
    Status status,
    int exitCode,
    String error,
    BackboneFacts backbone,
    DatasetFacts dataset,
    FeatureFacts features,
    EmitModel.Result emit,
    Gate gate,
    List<Stage> stages,
    Map<String, Object> configuration,
    Map<String, String> environment) {

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

  /** What a model has to meet to go live. */
  public record Gate(List<Condition> conditions) {}

  /** One condition, its figure and its limit. */
  public record Condition(String name, double value, double limit, boolean passed) {}

  /** A part of a run and how long it took. */
  public record Stage(String name, double seconds) {}

  /** What the run ran on. */
  public static Map<String, String> environmentFacts() {
    return Map.of(
        "java", System.getProperty("java.vm.version"),
        "os", System.getProperty("os.name") + " " + System.getProperty("os.version"),
        "architecture", System.getProperty("os.arch"),
        "processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
  }
}
