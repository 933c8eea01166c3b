package io.headgraft.report;

import io.headgraft.evaluation.Metrics;
import io.headgraft.image.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the heads of a run compare: {@code report.json}.
 *
 * @param run its id
 * @param heads in the order of the configuration
 */
public record Report(
    String run, BackboneFacts backbone, DatasetFacts dataset, List<HeadReport> heads) {

  /**
   * The frozen network.
   *
   * @param name of the file
   * @param fingerprint SHA-256 of the layers that make the features
   * @param trained whether its weights have learnt anything; figures of one that has not say
   *     nothing about the photos
   */
  public record BackboneFacts(
      String name, String fingerprint, String featureLayer, boolean trained) {}

  /**
   * What was trained and measured on: numbers of images, each once.
   *
   * @param rejected files that are not used, by reason
   */
  public record DatasetFacts(
      List<String> labels, int train, int validation, int test, Map<Rejection, Integer> rejected) {}

  /**
   * One head.
   *
   * @param fits how often it was trained to come to this
   * @param seconds that took
   * @param validation null if the data set has no such split
   * @param test null if the data set has no such split
   */
  public record HeadReport(
      String name,
      Map<String, Object> hyperparameters,
      int fits,
      double seconds,
      Metrics train,
      Metrics validation,
      Metrics test) {}

  /** The head of a name. */
  public Optional<HeadReport> head(String name) {
    return heads.stream().filter(head -> head.name().equals(name)).findFirst();
  }
}
