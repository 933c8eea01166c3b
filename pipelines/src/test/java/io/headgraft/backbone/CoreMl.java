package io.headgraft.backbone;

import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;

/** Looks into Core ML models. */
final class CoreMl {

  private CoreMl() {}

  /** The model without what differs from one SqueezeNet to the next: weights, labels, metadata. */
  static Model layout(Model model) {
    Model.Builder layout = model.toBuilder();
    layout.getDescriptionBuilder().clearMetadata();
    layout.getNeuralNetworkClassifierBuilder().clearClassLabels();
    for (NeuralNetworkLayer.Builder layer :
        layout.getNeuralNetworkClassifierBuilder().getLayersBuilderList()) {
      if (layer.hasConvolution()) {
        layer.getConvolutionBuilder().clearWeights().clearBias();
      }
    }
    return layout.build();
  }

  /** A convolution by its name. */
  static ConvolutionLayerParams convolution(Model model, String name) {
    return model.getNeuralNetworkClassifier().getLayersList().stream()
        .filter(layer -> layer.getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getConvolution();
  }
}
