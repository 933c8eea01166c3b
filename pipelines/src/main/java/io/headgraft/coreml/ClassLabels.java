package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The class labels of a network: which of them are real, which are placeholders for what a user
 * adds, and what placeholders were named.
 */
public final class ClassLabels {

  /** How many of a shipped model's labels are real; placeholders follow them. */
  public static final String REAL = "io.headgraft.labels";

  /** With a placeholder's name behind it: what it stands for since. */
  public static final String NAMED = "io.headgraft.label.";

  private ClassLabels() {}

  /**
   * The placeholders of a model that stand for nothing yet; none of a model that says nothing of
   * them.
   */
  public static List<String> placeholders(Model model) {
    Map<String, String> facts = model.getDescription().getMetadata().getUserDefinedMap();
    List<String> labels = ModelParts.labels(model);
    int real = Math.min(labels.size(), real(facts.get(REAL), labels.size()));
    List<String> placeholders = new ArrayList<>(labels.subList(real, labels.size()));
    facts.forEach(
        (key, value) -> {
          if (key.startsWith(NAMED)) {
            placeholders.remove(value);
          }
        });
    return placeholders;
  }

  private static int real(String count, int ifNone) {
    return count != null && count.matches("[0-9]{1,9}") ? Integer.parseInt(count) : ifNone;
  }

  /**
   * The same network with other names for some labels. Nothing else changes, so that phones go on
   * training it; its metadata says what each was called.
   *
   * @param names of labels that the model has, and what they are called from now on
   * @param file what to call the model in messages
   * @throws HeadgraftException if the labels are numbers
   */
  public static Model renamed(Model model, Map<String, String> names, String file) {
    if (names.isEmpty()) {
      return model;
    }
    if (model.getNeuralNetworkClassifier().hasInt64ClassLabels()) {
      throw HeadgraftException.unusable(
          file + ": its labels are numbers, which cannot be given names");
    }
    Model.Builder renamed = model.toBuilder();
    List<String> labels = ModelParts.labels(model);
    for (int i = 0; i < labels.size(); i++) {
      String name = names.getOrDefault(labels.get(i), labels.get(i));
      renamed.getNeuralNetworkClassifierBuilder().getStringClassLabelsBuilder().setVector(i, name);
    }
    new TreeMap<>(names)
        .forEach(
            (label, name) ->
                renamed
                    .getDescriptionBuilder()
                    .getMetadataBuilder()
                    .putUserDefined(NAMED + label, name));
    return renamed.build();
  }
}
