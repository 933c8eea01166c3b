package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.NetworkGraph;
import io.headgraft.coreml.UpdatableNeighbors;
import io.headgraft.coreml.UpdatableNetwork;
import io.headgraft.coreml.Validator;
import io.headgraft.coreml.proto.Model;
import io.headgraft.personalization.DeviceTrainer.EpochLoss;
import java.util.List;
import java.util.Map;

/**
 * An updatable image classifier as a phone has it: what is fixed makes values of an image, once;
 * the rest classifies values and learns from them. Its updates make new ones; none changes.
 */
public sealed interface PhoneModel permits PhoneNetwork, PhoneNeighbors {

  /**
   * What an update gave.
   *
   * @param model as it is then: in the end, or where it was cancelled
   * @param options that it began with, by name, for people
   * @param epochs of training; none of nearest neighbours
   * @param cancelled whether a handler stopped it
   */
  record Update(
      PhoneModel model, Map<String, Object> options, List<EpochLoss> epochs, boolean cancelled) {}

  /**
   * Reads an updatable model: a network whose last layers are trained, or nearest neighbours.
   *
   * @param name what to call the file in messages
   * @throws HeadgraftException (exit code 3) if it breaks Core ML's rules, cannot be trained on a
   *     phone, or has a layer among those that are trained that is not simulated
   */
  static PhoneModel of(Model model, String name) {
    Validator.requireValid(model, name);
    return model.hasPipelineClassifier()
        ? new PhoneNeighbors(UpdatableNeighbors.of(model, name), name)
        : PhoneNetwork.of(UpdatableNetwork.of(model, name), name);
  }

  /** What makes values of an image. */
  NetworkGraph fixed();

  /** The labels, in the order of the probabilities. */
  List<String> labels();

  /**
   * The labels less the default one, which nearest neighbours have as long as they know nothing.
   */
  List<String> learnt();

  /** Whether examples may have labels that the model does not know yet. */
  boolean takesAnyLabel();

  /** The Core ML model. */
  Model model();

  /**
   * Classifies images.
   *
   * @param values [image], as the fixed layers give them
   * @return [image][label]
   * @throws HeadgraftException (exit code 3) if training has led to no numbers
   */
  double[][] probabilities(float[][] values);

  /**
   * Checks settings before anything is done with them.
   *
   * @throws HeadgraftException (exit code 2) if the model does not allow them
   */
  void requireAllowed(DeviceSettings settings);

  /**
   * Learns as a phone does.
   *
   * @param values [example], as the fixed layers give them; at least one
   * @param labels of the examples
   * @param handlers what they go on with is refused as well if the model does not allow it
   * @throws HeadgraftException (exit code 2) if the model does not allow the settings, or (exit
   *     code 3) does not know a label
   */
  Update update(
      float[][] values, List<String> labels, DeviceSettings settings, UpdateHandlers handlers);
}
