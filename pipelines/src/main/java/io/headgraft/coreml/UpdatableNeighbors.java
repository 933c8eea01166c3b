package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ModelChain.Link;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.Pipeline;
import java.util.List;

/**
 * A pipeline of a network and a nearest-neighbours classifier, taken apart: phones add examples to
 * the classifier, and that is all its training.
 */
public final class UpdatableNeighbors {

  private final Model model;
  private final String name;
  private final NetworkGraph fixed;
  private final NeighborsClassifier classifier;
  private final WholeHyperparameter neighbors;

  private UpdatableNeighbors(
      Model model,
      String name,
      NetworkGraph fixed,
      NeighborsClassifier classifier,
      WholeHyperparameter neighbors) {
    this.model = model;
    this.name = name;
    this.fixed = fixed;
    this.classifier = classifier;
    this.neighbors = neighbors;
  }

  /**
   * Takes a model apart.
   *
   * @param model that keeps Core ML's rules ({@link Validator#requireValid})
   * @param name what to call the file in messages
   * @throws HeadgraftException if it is none of a network and nearest neighbours whose labels are
   *     texts, or cannot be trained
   */
  public static UpdatableNeighbors of(Model model, String name) {
    List<Link> links = ModelChain.of(model, name).links();
    Link last = links.get(links.size() - 1);
    require(model.getIsUpdatable(), name, "it is not marked updatable");
    require(
        links.size() == 2 && last.model().hasKNearestNeighborsClassifier(),
        name,
        "it is no pipeline of one network and nearest neighbours");
    KNearestNeighborsClassifier message = last.model().getKNearestNeighborsClassifier();
    require(!message.hasInt64ClassLabels(), name, "its labels are numbers, not texts");
    return new UpdatableNeighbors(
        model,
        name,
        NetworkGraph.of(links.get(0).model(), links.get(0).name()).endingIn(links.get(0).output()),
        NeighborsClassifier.of(last.model(), last.name()),
        OnDeviceTrainingReader.whole(message.getNumberOfNeighbors(), 1));
  }

  private static void require(boolean condition, String name, String what) {
    if (!condition) {
      throw HeadgraftException.unusable(
          "%s cannot be trained on a phone: %s".formatted(name, what));
    }
  }

  /** The network that makes an example's features. */
  public NetworkGraph fixed() {
    return fixed;
  }

  /** The labels of its examples, as {@link ImageClassifier#labels} has them. */
  public List<String> labels() {
    return classifier.labels();
  }

  /** Whether it has no example yet, and so its default label alone. */
  public boolean isEmpty() {
    return classifier.points().length == 0;
  }

  /** The number of neighbours that vote. */
  public WholeHyperparameter neighbors() {
    return neighbors;
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** The probability of each label, of one example's features. */
  public double[] probabilities(float[] features) {
    return classifier.probabilities(features);
  }

  /**
   * The same with more examples, behind those that it has.
   *
   * @param added as the network gives them
   * @param voting the number of neighbours that vote from now on
   */
  public UpdatableNeighbors with(List<KnnPipeline.Example> added, long voting) {
    Model.Builder changed = model.toBuilder();
    Pipeline.Builder pipeline = changed.getPipelineClassifierBuilder().getPipelineBuilder();
    int last = pipeline.getModelsCount() - 1;
    KNearestNeighborsClassifier.Builder points =
        pipeline.getModelsBuilder(last).getKNearestNeighborsClassifierBuilder();
    points.getNumberOfNeighborsBuilder().setDefaultValue(voting);
    for (KnnPipeline.Example example : added) {
      points.getNearestNeighborsIndexBuilder().addFloatSamples(example.point());
      points.getStringClassLabelsBuilder().addVector(example.label());
    }
    return of(changed.build(), name);
  }
}
