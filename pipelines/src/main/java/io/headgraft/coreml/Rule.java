package io.headgraft.coreml;

import java.util.Locale;

/**
 * What a valid model meets, in the order in which Core ML's own validator looks at it. An error is
 * what a phone refuses; a warning is what it accepts and what then fails, or hardly can be meant.
 */
public enum Rule {
  // Any model.
  VERSION_PRESENT("the specification version is at least 1"),
  VERSION_KNOWN("the specification version is one that Core ML knows"),
  FEATURES_PRESENT("a model has inputs and outputs"),
  FEATURE_NAMES("inputs and outputs have names"),
  FEATURE_TYPES("inputs and outputs have complete types"),
  UPDATABLE_VERSION("updatable models have specification version 4 or later"),
  UPDATABLE_TYPE("networks, nearest-neighbours classifiers and pipelines alone can be updatable"),
  DEFAULT_VALUES(
      "default values of optional inputs are for networks of specification version 5 or later"),
  REQUIRED_INPUT("a network has an input that is not optional"),
  NO_OPTIONAL_INPUT("no input of a nearest-neighbours or linear classifier is optional"),
  NO_OPTIONAL_OUTPUT("no output is optional"),
  MODEL_TYPE("the model has a type"),

  // Nearest-neighbours classifiers, before what all classifiers have in common.
  NEIGHBORS_ALLOWED("the default number of neighbours is positive and allowed"),
  WEIGHTING_PRESENT("there is a weighting scheme"),
  DEFAULT_LABEL("there is a default label where there are no labels, of the labels' type"),

  // Classifiers and regressors.
  CLASS_LABELS("a classifier has class labels"),
  PREDICTED_FEATURE(
      "predictedFeatureName names an output, of the class labels' type or a regressor's"),
  PREDICTED_PROBABILITIES(
      "predictedProbabilitiesName, where it is given, names a dictionary or an array"),

  // Neural networks.
  OUTPUT_TYPES("a plain network's outputs are images or arrays"),
  SHAPE_MAPPING("arrays are mapped exactly where anything else in the network needs version 4"),
  LAYERS_PRESENT("a network has layers"),
  INPUT_TYPES("a network's inputs are images or arrays, a linear classifier's numbers or arrays"),
  INPUT_SHAPES("arrays that a network reads have one dimension or three"),
  LAYER_TYPES("each layer has a type"),
  LAYER_INPUTS("each layer reads and makes as many blobs as its type does"),
  LAYER_PARAMETERS("each layer's parameters are complete and within their ranges"),
  WEIGHT_FORM("weights are stored in one form, and completely"),
  WEIGHT_COUNT("weights are as many as the layer's shape needs"),
  BLOBS_MADE_BEFORE_USE("each blob that a layer reads is an input or made by a layer before it"),
  BLOBS_MADE_ONCE("no blob is made twice"),
  LAYER_SHAPES("what a layer reads has the shape that it is made for"),

  // Networks that can be updated.
  UPDATABLE_LAYER_TYPE(
      "an updatable layer is a convolution, an inner product or a one-directional LSTM"),
  UPDATABLE_WEIGHTS_NOT_QUANTIZED("weights of updatable layers are not quantized"),
  UPDATABLE_WEIGHTS_MARKED("weights of updatable layers are marked updatable themselves"),
  UPDATABLE_LAYERS_PRESENT("an updatable network has an updatable layer"),
  LAYER_NAMES_UNIQUE("names of layers and loss layers of an updatable network are unique"),
  ONE_LOSS("an updatable network has one loss layer"),
  CROSS_ENTROPY_INPUT("the cross entropy reads what a softmax layer makes"),
  CROSS_ENTROPY_TARGET("the cross entropy's target is made by no layer"),
  SQUARED_ERROR_INPUT("the mean squared error reads what a layer makes"),
  SQUARED_ERROR_TARGET("the mean squared error's target is made by no layer"),
  LOSS_TYPE("the loss layer has a type"),
  OPTIMIZER_PRESENT("an updatable network has an optimizer"),
  OPTIMIZER_PARAMETERS("the optimizer has all of its hyper-parameters"),
  EPOCHS_PRESENT("the number of epochs is given"),
  DEFAULT_IN_RANGE("the default of a real hyper-parameter lies in its range"),
  DEFAULT_ALLOWED("the default of a whole hyper-parameter is allowed, and positive but for a seed"),
  GRADIENT_PATH("each layer between an updatable one and the loss passes gradients back"),
  TRAINING_INPUTS("the training inputs are an input of the model and what the loss compares with"),

  // What a network is for.
  PROBABILITY_LAYER("the label probabilities of a classifier are made by a layer"),
  OUTPUTS_MADE("each output of a network is made by a layer, and a plain network's named once"),

  // Nearest-neighbours classifiers.
  POINTS_LABELLED("there are as many labels as points"),
  POINT_DIMENSIONS("points have the index's number of dimensions"),
  INDEX_PRESENT("there is an index, and a kd-tree has a positive leaf size"),
  DISTANCE_PRESENT("there is a distance function"),

  // Generalized linear models.
  GLM_FORM("a linear classifier's transform and encoding are known, and probit is for two labels"),
  GLM_WEIGHTS(
      "a linear classifier has a row of weights and an offset for each label that needs one"),

  // Pipelines.
  PIPELINE_MODELS("a pipeline has models"),
  PIPELINE_INPUTS("each model's inputs are the pipeline's or made before, with the same type"),
  PIPELINE_OUTPUTS("the pipeline's outputs are made in it, with the same type"),
  PIPELINE_UPDATABLE_LAST("of an updatable pipeline, the last model is updatable and no other"),
  PIPELINE_NOT_UPDATABLE("a pipeline that is not updatable holds no updatable model"),
  PIPELINE_NAMES("where models have names, each has one, and none twice"),

  // What Core ML lets through.
  FEATURE_NAMES_UNIQUE("no input has another's name, and no output", Severity.WARNING),
  CLASS_LABELS_UNIQUE("no class label is there twice", Severity.WARNING),
  PROBABILITY_KEYS(
      "probabilities are a dictionary whose keys are of the labels' type", Severity.WARNING),
  LABEL_COUNT("there are as many class labels as probabilities", Severity.WARNING),
  OUTPUT_SHAPES("outputs have the shape that they are described with", Severity.WARNING),
  REGRESSOR_OUTPUTS_MADE("each output of a regressor is made by a layer", Severity.WARNING),
  UPDATABLE_HALF_PRECISION("weights of updatable layers are in single precision", Severity.WARNING),
  HALF_PRECISION_VERSION(
      "half-precision weights need specification version 2 or later", Severity.WARNING),
  QUANTIZED_VERSION("quantized weights need specification version 3 or later", Severity.WARNING),
  INNER_PRODUCT_WEIGHTS("an inner product has weights", Severity.WARNING),
  WEIGHTS_FINITE("weights, points and what pixels are scaled by are finite", Severity.WARNING),
  PREPROCESSING_INPUT("preprocessing names an image input of the model", Severity.WARNING),
  LEARNING_RATE_SENSIBLE("the learning rate is finite and not negative", Severity.WARNING),
  MOMENTUM_SENSIBLE("the momentum lies in [0, 1] and in its range", Severity.WARNING),
  UPDATABLE_LAYER_REACHED("an updatable layer leads to the loss", Severity.WARNING),
  POINT_INPUT(
      "a nearest-neighbours classifier reads an array of the index's dimensions", Severity.WARNING),
  GLM_FEATURES("a linear classifier has a weight for each number it reads", Severity.WARNING),
  TRAINING_INPUTS_GIVEN(
      "an updatable pipeline or nearest-neighbours classifier names its training inputs",
      Severity.WARNING),
  PIPELINE_PREDICTED_FEATURE(
      "a pipeline classifier's predictedFeatureName names an output", Severity.WARNING),
  CHECKED("every part of the model is of a kind that is checked", Severity.WARNING);

  /** Whether a model that breaks a rule is refused. */
  public enum Severity {
    /** Core ML refuses the model. */
    ERROR,
    /** Core ML accepts the model. */
    WARNING
  }

  private final String statement;
  private final Severity severity;

  Rule(String statement) {
    this(statement, Severity.ERROR);
  }

  Rule(String statement, Severity severity) {
    this.statement = statement;
    this.severity = severity;
  }

  /** What the rule says, as part of a sentence. */
  public String statement() {
    return statement;
  }

  /** Whether a model that breaks this rule is refused. */
  public Severity severity() {
    return severity;
  }

  /** The name by which output and documentation call the rule, as in {@code gradient-path}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
