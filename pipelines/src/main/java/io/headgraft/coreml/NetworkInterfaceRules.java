package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkImageShapeMapping;
import io.headgraft.coreml.proto.NeuralNetworkMultiArrayShapeMapping;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the inputs and outputs of a network meet, and how they come to its layers. */
final class NetworkInterfaceRules {

  private final Model model;
  private final NeuralNetwork network;
  private final Findings findings;

  NetworkInterfaceRules(Model model, NeuralNetwork network, Findings findings) {
    this.model = model;
    this.network = network;
    this.findings = findings;
  }

  /**
   * Whether blobs have any number of dimensions, and not channels, height and width: so it is where
   * a layer or a mapping came with version 4.
   */
  static boolean hasAnyRank(NeuralNetwork network) {
    return mapsArraysExactly(network)
        || mapsImagesExactly(network)
        || network.getLayersList().stream().anyMatch(OtherTypes::isOfVersion4);
  }

  private static boolean mapsArraysExactly(NeuralNetwork network) {
    return network.getArrayInputShapeMapping()
        != NeuralNetworkMultiArrayShapeMapping.RANK5_ARRAY_MAPPING;
  }

  private static boolean mapsImagesExactly(NeuralNetwork network) {
    return network.getImageInputShapeMapping()
        != NeuralNetworkImageShapeMapping.RANK5_IMAGE_MAPPING;
  }

  void check() {
    List<FeatureDescription> inputs = model.getDescription().getInputList();
    types("input", inputs, Rule.INPUT_TYPES);
    if (model.hasNeuralNetwork()) {
      types("output", model.getDescription().getOutputList(), Rule.OUTPUT_TYPES);
    }
    shapeMapping(inputs);
    for (FeatureDescription input : inputs) {
      if (input.getType().hasMultiArrayType()) {
        dimensions(input);
      }
    }
    preprocessing(inputs);
  }

  private void types(String role, List<FeatureDescription> features, Rule rule) {
    for (FeatureDescription feature : features) {
      switch (feature.getType().getTypeCase()) {
        case IMAGETYPE, MULTIARRAYTYPE, STATETYPE, TYPE_NOT_SET -> {}
        case INT64TYPE, DOUBLETYPE, STRINGTYPE, DICTIONARYTYPE, SEQUENCETYPE ->
            findings.addAt(
                role + " " + Names.quoted(feature.getName()),
                rule,
                "it is of type %s; a network has images and arrays",
                Inspection.type(feature.getType()));
      }
    }
  }

  private void shapeMapping(List<FeatureDescription> inputs) {
    boolean arrays =
        inputs.stream().map(FeatureDescription::getType).anyMatch(FeatureType::hasMultiArrayType);
    if (arrays && hasAnyRank(network) && !mapsArraysExactly(network)) {
      findings.add(
          Rule.SHAPE_MAPPING,
          "the network has %s, so its arrays need the mapping EXACT_ARRAY_MAPPING",
          mapsImagesExactly(network) ? "an exact image mapping" : "layers of version 4");
    }
  }

  private void dimensions(FeatureDescription input) {
    ArrayFeatureType array = input.getType().getMultiArrayType();
    int own = array.getShapeCount();
    if (hasAnyRank(network)) {
      if (own == 0) {
        dimensions(input, "a shape of its own beside what it may be");
      }
      return;
    }
    boolean fits =
        isVectorOrImage(own)
            || switch (array.getShapeFlexibilityCase()) {
              case ENUMERATEDSHAPES ->
                  array.getEnumeratedShapes().getShapesList().stream()
                      .allMatch(shape -> isVectorOrImage(shape.getShapeCount()));
              case SHAPERANGE -> isVectorOrImage(array.getShapeRange().getSizeRangesCount());
              // What has no shape at all is found where types are checked.
              case SHAPEFLEXIBILITY_NOT_SET -> own == 0;
            };
    if (!fits) {
      dimensions(input, "one dimension or three: channels, height and width");
    }
  }

  private static boolean isVectorOrImage(int dimensions) {
    return dimensions == 1 || dimensions == 3;
  }

  private void dimensions(FeatureDescription input, String wanted) {
    findings.addAt(
        "input " + Names.quoted(input.getName()),
        Rule.INPUT_SHAPES,
        "its array has %,d dimensions; it needs %s",
        input.getType().getMultiArrayType().getShapeCount(),
        wanted);
  }

  private void preprocessing(List<FeatureDescription> inputs) {
    Set<String> images =
        inputs.stream()
            .filter(input -> input.getType().hasImageType())
            .map(FeatureDescription::getName)
            .collect(Collectors.toSet());
    for (NeuralNetworkPreprocessing step : network.getPreprocessingList()) {
      String where = "preprocessing of " + Names.quoted(step.getFeatureName());
      boolean known =
          step.getFeatureName().isEmpty()
              ? !images.isEmpty()
              : images.contains(step.getFeatureName());
      if (!known) {
        findings.addAt(
            where,
            Rule.PREPROCESSING_INPUT,
            "there is no such image input; there are %s",
            Names.listed(images));
      }
      NeuralNetworkImageScaler scaler = step.getScaler();
      boolean finite =
          Finite.all(
                  List.of(
                      scaler.getChannelScale(),
                      scaler.getBlueBias(),
                      scaler.getGreenBias(),
                      scaler.getRedBias(),
                      scaler.getGrayBias()))
              && Finite.all(step.getMeanImage().getMeanImageList());
      if (!finite) {
        findings.addAt(where, Rule.WEIGHTS_FINITE, "it holds NaN or an infinite value");
      }
    }
  }
}
