package io.headgraft.jobs;

import io.headgraft.run.EmitModel;
import java.io.PrintWriter;
import java.util.Locale;

/** What was shipped, in words. */
final class EmittedText {

  private EmittedText() {}

  static void print(PrintWriter out, EmitModel.Result result) {
    out.println(
        String.format(
            Locale.ROOT,
            "Shipped head: %s. On %d photos the models differ from their heads by at most %.1e;"
                + " placeholders win %d times and have a probability of %.1e.",
            result.head(),
            result.images(),
            result.maxProbabilityDifference(),
            result.placeholderWins(),
            result.placeholderProbability()));
    result.models().forEach(model -> out.println("  " + model));
  }
}
