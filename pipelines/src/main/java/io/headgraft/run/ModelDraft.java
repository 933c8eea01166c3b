package io.headgraft.run;

import io.headgraft.coreml.proto.Model;
import java.util.List;

/**
 * A model that is not written yet, and what it should say.
 *
 * @param labels in the order of the expected probabilities
 * @param expected for each check image, the probability of each label
 */
record ModelDraft(
    ModelVariant variant, Model model, List<String> labels, List<double[]> expected) {}
