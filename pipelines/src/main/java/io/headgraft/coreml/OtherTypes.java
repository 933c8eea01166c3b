package io.headgraft.coreml;

import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Models and layers of types that Core ML knows and Headgraft does not read: their fields are kept
 * unknown, and tell by their numbers that there is a type.
 */
final class OtherTypes {

  /** Of the one-directional LSTM, the one recurrent layer that can be updated. */
  private static final int LSTM = 420;

  /** Layers from this number on came with version 4, which knows arrays of any rank. */
  private static final int FIRST_OF_VERSION_4 = 600;

  /** The one layer that may make what was made before. */
  private static final int COPY = 600;

  /** These hold networks of their own, whose blobs the layers behind them may read. */
  private static final int BRANCH = 605;

  private static final int LOOP = 615;

  private static final int FIRST_LAYER_TYPE = 100;

  private static final Map<Integer, String> MODELS =
      Map.ofEntries(
          Map.entry(300, "glmRegressor"),
          Map.entry(301, "supportVectorRegressor"),
          Map.entry(302, "treeEnsembleRegressor"),
          Map.entry(304, "bayesianProbitRegressor"),
          Map.entry(401, "supportVectorClassifier"),
          Map.entry(402, "treeEnsembleClassifier"),
          Map.entry(501, "itemSimilarityRecommender"),
          Map.entry(502, "mlProgram"),
          Map.entry(555, "customModel"),
          Map.entry(556, "linkedModel"),
          Map.entry(560, "classConfidenceThresholding"),
          Map.entry(600, "oneHotEncoder"),
          Map.entry(601, "imputer"),
          Map.entry(602, "featureVectorizer"),
          Map.entry(603, "dictVectorizer"),
          Map.entry(604, "scaler"),
          Map.entry(606, "categoricalMapping"),
          Map.entry(607, "normalizer"),
          Map.entry(609, "arrayFeatureExtractor"),
          Map.entry(610, "nonMaximumSuppression"),
          Map.entry(2000, "textClassifier"),
          Map.entry(2001, "wordTagger"),
          Map.entry(2002, "visionFeaturePrint"),
          Map.entry(2003, "soundAnalysisPreprocessing"),
          Map.entry(2004, "gazetteer"),
          Map.entry(2005, "wordEmbedding"),
          Map.entry(2006, "audioFeaturePrint"),
          Map.entry(3000, "serializedModel"));

  private OtherTypes() {}

  /** The type of a model that has one of these, or an empty text. */
  static String ofModel(Model model) {
    return model.getUnknownFields().asMap().keySet().stream()
        .filter(MODELS::containsKey)
        .findFirst()
        .map(MODELS::get)
        .orElse("");
  }

  /** The number of a layer's type, if it is one of these. */
  static OptionalInt ofLayer(NeuralNetworkLayer layer) {
    if (layer.getLayerCase() != NeuralNetworkLayer.LayerCase.LAYER_NOT_SET) {
      return OptionalInt.empty();
    }
    return layer.getUnknownFields().asMap().keySet().stream()
        .mapToInt(Integer::intValue)
        .filter(number -> number >= FIRST_LAYER_TYPE)
        .findFirst();
  }

  /** Whether a layer is a one-directional LSTM. */
  static boolean isLstm(NeuralNetworkLayer layer) {
    return is(layer, LSTM);
  }

  /** Whether a layer holds networks of its own. */
  static boolean isControlFlow(NeuralNetworkLayer layer) {
    return is(layer, BRANCH) || is(layer, LOOP);
  }

  /** Whether a layer copies a blob, under a name that may be there already. */
  static boolean isCopy(NeuralNetworkLayer layer) {
    return is(layer, COPY);
  }

  /** Whether a layer came with version 4 of the format. */
  static boolean isOfVersion4(NeuralNetworkLayer layer) {
    OptionalInt type = ofLayer(layer);
    return type.isPresent() && type.getAsInt() >= FIRST_OF_VERSION_4;
  }

  private static boolean is(NeuralNetworkLayer layer, int type) {
    OptionalInt actual = ofLayer(layer);
    return actual.isPresent() && actual.getAsInt() == type;
  }
}
