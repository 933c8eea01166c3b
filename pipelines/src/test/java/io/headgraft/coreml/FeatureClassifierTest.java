package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.GLMClassifier.ClassEncoding;
import io.headgraft.coreml.proto.GLMClassifier.PostEvaluationTransform;
import io.headgraft.coreml.proto.Int64Vector;
import io.headgraft.coreml.proto.InverseDistanceWeighting;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.SingleKdTreeIndex;
import io.headgraft.coreml.proto.StringVector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands behind a pipeline's networks, on features alone. */
class FeatureClassifierTest {

  private static final String NAME = "tiny.mlmodel: model 2";

  /** What {@code classifiers.py}, beside the file, has written. */
  private static final JsonNode EXPECTED = read();

  private static JsonNode read() {
    try (InputStream file = FeatureClassifierTest.class.getResourceAsStream("classifiers.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static float[] example(double... values) {
    float[] example = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      example[i] = (float) values[i];
    }
    return example;
  }

  private static FeatureClassifier classifier(Model model) {
    return FeatureClassifier.of(model, NAME).orElseThrow();
  }

  private static void assertGives(FeatureClassifier classifier, JsonNode expected) {
    for (int i = 0; i < expected.size(); i++) {
      float[] query = example(numbers(EXPECTED.at("/queries").get(i)));
      assertThat(classifier.probabilities(query))
          .as("query %d", i)
          .containsExactly(numbers(expected.get(i)), within(1e-12));
    }
    assertThat(expected.size()).isEqualTo(6);
  }

  static Stream<JsonNode> neighbors() {
    return StreamSupport.stream(EXPECTED.at("/neighbors").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("neighbors")
  void neighborsVoteAsInScikitLearn(JsonNode expected) {
    KNearestNeighborsClassifier.Builder neighbors = TinyPipeline.neighbors();
    neighbors.getNearestNeighborsIndexBuilder().setNumberOfDimensions(4);
    for (int i = 0; i < EXPECTED.at("/points").size(); i++) {
      TinyPipeline.addPoint(
          neighbors,
          EXPECTED.at("/point-labels").get(i).asText(),
          numbers(EXPECTED.at("/points").get(i)));
    }
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(expected.at("/k").asLong());
    if (expected.at("/weighting").asText().equals("inverse-distance")) {
      neighbors.setInverseDistanceWeighting(InverseDistanceWeighting.getDefaultInstance());
    }

    FeatureClassifier classifier = classifier(TinyPipeline.model(neighbors));

    assertThat(classifier.labels()).containsExactly("b", "c", "a");
    assertThat(classifier.features()).isEqualTo(4);
    assertGives(classifier, expected.at("/probabilities"));
  }

  private static KNearestNeighborsClassifier.Builder onALine(double... points) {
    KNearestNeighborsClassifier.Builder neighbors = TinyPipeline.neighbors();
    neighbors.getNearestNeighborsIndexBuilder().setNumberOfDimensions(1);
    String[] labels = {"z", "a", "m"};
    for (int i = 0; i < points.length; i++) {
      TinyPipeline.addPoint(neighbors, labels[i % labels.length], points[i]);
    }
    return neighbors;
  }

  private static double[] at(double place, KNearestNeighborsClassifier.Builder neighbors) {
    return classifier(TinyPipeline.model(neighbors)).probabilities(example(place));
  }

  @Test
  void ofEquallyNearPointsTheEarlierOneVotes() {
    assertThat(at(0, onALine(1, -1, 1))).containsExactly(1, 0, 0);
    assertThat(at(0, onALine(2, -1, 1))).containsExactly(0, 1, 0);
  }

  @Test
  void pointsThatAreTheImageItselfLeaveTheOthersNoSay() {
    KNearestNeighborsClassifier.Builder neighbors = onALine(1, 0, 0, 1e-20);
    neighbors.setInverseDistanceWeighting(InverseDistanceWeighting.getDefaultInstance());
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(4);

    assertThat(at(0, neighbors)).containsExactly(0, 0.5, 0.5);
  }

  @Test
  void theSmallestDistancesHaveInverses() {
    KNearestNeighborsClassifier.Builder neighbors = onALine(1e-45, 3e-45);
    neighbors.setInverseDistanceWeighting(InverseDistanceWeighting.getDefaultInstance());
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(2);

    double[] votes = at(0, neighbors);

    // The smallest number of single precision and its double, squared.
    assertThat(votes).containsExactly(new double[] {0.8, 0.2}, within(1e-15));
  }

  @Test
  void moreNeighborsThanPointsAreAllPoints() {
    KNearestNeighborsClassifier.Builder neighbors = onALine(1, 2, 3, 4);
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(Long.MAX_VALUE);

    assertThat(at(0, neighbors)).containsExactly(0.5, 0.25, 0.25);
  }

  @Test
  void aTreeFindsWhatALinearIndexFinds() {
    KNearestNeighborsClassifier.Builder neighbors = onALine(3, 1, 2);
    neighbors
        .getNearestNeighborsIndexBuilder()
        .setSingleKdTreeIndex(SingleKdTreeIndex.newBuilder().setLeafSize(30));

    assertThat(at(0, neighbors)).containsExactly(0, 1, 0);
  }

  @Test
  void withoutPointsItIsTheDefaultLabel() {
    FeatureClassifier classifier = classifier(TinyPipeline.model(TinyPipeline.neighbors()));
    assertThat(classifier.labels()).containsExactly("nothing");
    assertThat(classifier.probabilities(new float[8])).containsExactly(1);

    assertThat(
            classifier(TinyPipeline.model(TinyPipeline.neighbors().setDefaultInt64Label(-7)))
                .labels())
        .containsExactly("-7");
  }

  @Test
  void labelsOfPointsMayBeNumbers() {
    KNearestNeighborsClassifier.Builder neighbors = onALine(1, 2, 3);
    neighbors.setInt64ClassLabels(Int64Vector.newBuilder().addVector(9).addVector(-1).addVector(9));
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(3);

    FeatureClassifier classifier = classifier(TinyPipeline.model(neighbors));

    assertThat(classifier.labels()).containsExactly("9", "-1");
    assertThat(classifier.probabilities(example(0))[0]).isCloseTo(2 / 3.0, within(1e-15));
  }

  @Test
  void refusesNeighborsThatDoNotFitTogether() {
    assertNeighborsRefused(each -> each.clearWeightingScheme(), "has no weighting scheme");
    assertNeighborsRefused(
        each -> each.getNearestNeighborsIndexBuilder().clearIndexType(), "has no index of points");
    assertNeighborsRefused(
        each -> each.getNearestNeighborsIndexBuilder().clearDistanceFunction(),
        "has no distance function");
    assertNeighborsRefused(each -> each.clearNumberOfNeighbors(), "lets 0 neighbours vote");
    assertNeighborsRefused(
        each -> each.getNearestNeighborsIndexBuilder().setNumberOfDimensions(-1),
        "has points of -1 numbers");
    assertNeighborsRefused(
        each -> each.getNearestNeighborsIndexBuilder().setNumberOfDimensions(Integer.MAX_VALUE),
        "has 1 numbers at point 0, not 2147483647");
    assertNeighborsRefused(
        each -> each.getStringClassLabelsBuilder().addVector("more"), "has 3 labels for 2 points");
    assertNeighborsRefused(
        each ->
            each.getNearestNeighborsIndexBuilder()
                .setFloatSamples(1, TinyPipeline.floats(Double.NaN)),
        "has NaN in point 1");
    assertNeighborsRefused(
        each -> {
          each.setStringClassLabels(StringVector.getDefaultInstance()).clearDefaultClassLabel();
          each.getNearestNeighborsIndexBuilder().clearFloatSamples();
        },
        "has neither points nor a default label");
  }

  private static void assertNeighborsRefused(
      Consumer<KNearestNeighborsClassifier.Builder> change, String reason) {
    KNearestNeighborsClassifier.Builder neighbors = onALine(1, 2);
    change.accept(neighbors);
    assertRefused(TinyPipeline.model(neighbors), reason);
  }

  private static void assertRefused(Model model, String reason) {
    assertThatThrownBy(() -> classifier(model))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(NAME + " " + reason);
  }

  static Stream<JsonNode> linear() {
    return StreamSupport.stream(EXPECTED.at("/linear").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("linear")
  void linearClassifiersGiveWhatScikitLearnAndScipyGive(JsonNode expected) {
    GLMClassifier.Builder linear =
        GLMClassifier.newBuilder()
            .setPostEvaluationTransform(
                PostEvaluationTransform.valueOf(expected.at("/transform").asText()))
            .setClassEncoding(ClassEncoding.valueOf(expected.at("/encoding").asText()));
    expected
        .at("/labels")
        .forEach(label -> linear.getStringClassLabelsBuilder().addVector(label.asText()));
    expected.at("/weights").forEach(row -> linear.addWeights(TinyPipeline.doubles(numbers(row))));
    expected.at("/offsets").forEach(offset -> linear.addOffset(offset.asDouble()));

    FeatureClassifier classifier = classifier(TinyPipeline.model(linear));

    assertThat(classifier.features()).isEqualTo(4);
    assertGives(classifier, expected.at("/probabilities"));
  }

  private static GLMClassifier.Builder oneAgainstTheRest(double... offsets) {
    GLMClassifier.Builder linear =
        GLMClassifier.newBuilder().setClassEncoding(ClassEncoding.OneVsRest);
    for (double offset : offsets) {
      linear.addWeights(TinyPipeline.doubles(1)).addOffset(offset);
      linear.getStringClassLabelsBuilder().addVector("label " + linear.getOffsetCount());
    }
    return linear;
  }

  /** scikit-learn divides zero by zero here. */
  @Test
  void labelsThatAreAllFarOffHaveShares() {
    double[] probabilities =
        classifier(TinyPipeline.model(oneAgainstTheRest(-1000, -1000 - Math.log(3), -2000)))
            .probabilities(example(0));

    assertThat(probabilities).containsExactly(new double[] {0.75, 0.25, 0}, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"ReferenceClass, 2", "OneVsRest, 3"})
  void refusesAnotherNumberOfRowsThanTheLabelsNeed(ClassEncoding encoding, int rows) {
    GLMClassifier.Builder linear = oneAgainstTheRest(1, 2, 3).setClassEncoding(encoding);
    linear.addWeights(TinyPipeline.doubles(1));

    assertRefused(
        TinyPipeline.model(linear),
        "has 4 rows of weights and 3 offsets; its 3 labels need %d of each".formatted(rows));
  }

  @Test
  void refusesLinearClassifiersThatDoNotFitTogether() {
    assertRefused(TinyPipeline.model(oneAgainstTheRest(1)), "has 1 labels, not two or more");
    assertRefused(
        TinyPipeline.model(oneAgainstTheRest(1, 2)),
        "has 2 rows of weights and 2 offsets; its 2 labels need 1 of each");
    assertRefused(
        TinyPipeline.model(
            oneAgainstTheRest(1, 2, 3).setPostEvaluationTransform(PostEvaluationTransform.Probit)),
        "turns scores of 3 labels into probabilities by Probit, which is not defined");
    assertRefused(
        TinyPipeline.model(oneAgainstTheRest(1, 2, 3).setClassEncodingValue(5)),
        "encodes its labels in a way not known");
    assertRefused(
        TinyPipeline.model(oneAgainstTheRest(1, 2, 3).setWeights(2, TinyPipeline.doubles(1, 2))),
        "has 2 weights in row 2 and 1 in row 0");
    assertRefused(
        TinyPipeline.model(oneAgainstTheRest(1, 2, 3).setWeights(0, TinyPipeline.doubles())),
        "has 0 weights in row 0 and 0 in row 0");
    assertRefused(
        TinyPipeline.model(
            oneAgainstTheRest(1, 2, 3).setWeights(1, TinyPipeline.doubles(Double.NaN))),
        "has NaN in row 1");
    assertRefused(
        TinyPipeline.model(oneAgainstTheRest(1, 2, Double.POSITIVE_INFINITY)),
        "has the offset Infinity");
  }

  @Test
  void aScoreBeyondAllNumbersIsNoProbability() {
    GLMClassifier.Builder linear = oneAgainstTheRest(0, 0, 0);
    linear.setWeights(1, TinyPipeline.doubles(1e308));

    assertThatThrownBy(() -> classifier(TinyPipeline.model(linear)).probabilities(example(1000)))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(NAME + " gives an image the score Infinity");
  }
}
