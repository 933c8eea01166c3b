package io.headgraft.personalization;

import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.Examples;
import java.io.Serializable;
import java.util.List;

/**
 * How models are made of photos. It travels to Spark's tasks, so it holds settings, not models: the
 * same photos give the same models wherever it is.
 */
public interface PhoneRecipe extends Serializable {

  /** What a model makes of the backbone's features before its trainable layers read them. */
  interface Front {

    /**
     * What the trainable layers read.
     *
     * @param features [photo][feature], as the backbone gives them; not changed
     */
    float[][] apply(float[][] features);
  }

  /**
   * A model before its user trains it.
   *
   * @param start trained or empty
   * @param defaults shipped or copied
   * @param layers their labels are the known ones, then the placeholders
   * @param options how phones train it unless an app says otherwise
   */
  record Start(
      String start, String defaults, Front front, TrainableLayers layers, DeviceOptions options) {}

  /**
   * Nearest neighbours.
   *
   * @param k that vote
   * @param uniform whether each vote counts the same; else by one over the squared distance
   * @param examples known photos a label that the model ships with
   */
  record Neighbors(Front front, int k, boolean uniform, int examples) {}

  /**
   * Models of the same photos.
   *
   * @param starts the emitted one first
   */
  record Models(List<Start> starts, Neighbors neighbors) {}

  /**
   * Makes the models.
   *
   * @param labels that they know, in the order of their indices
   * @param photos to make them of, with their variants; each label has some
   */
  Models models(List<String> labels, Examples photos);

  /**
   * The multiply-adds of making models, about; in proportion to the rows, but for a part that does
   * not depend on them.
   *
   * @param rows of photos, with their variants
   * @param features of each
   * @param labels that the models know
   */
  double work(int rows, int features, int labels);

  /** How many placeholders models have beside so many labels. */
  int placeholders(int labels);

  /** How often a phone goes through its photos, for estimates of the work. */
  int epochs();
}
