package io.headgraft.run;

import io.headgraft.report.Report.Condition;
import io.headgraft.run.EmitModel.ModelCheck;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What emitted models have to meet by themselves, whatever is live. */
final class ModelConditions {

  private static final String WAY_OUT =
      ": set emit.placeholder-bias to auto or lower, or lower emit.placeholder-probability";

  private final EmitOptions options;

  ModelConditions(EmitOptions options) {
    this.options = options;
  }

  List<Condition> of(EmitModel.Result emitted) {
    List<ModelCheck> run =
        emitted.checks().stream().filter(check -> check.invalid() == null).toList();
    return List.of(
        valid(emitted.checks()),
        parity(run, emitted.images()),
        wins(trained(run), emitted.images()),
        probability(trained(run), emitted.images()));
  }

  /** The checks of models in which placeholders have nothing to win. */
  static List<ModelCheck> trained(List<ModelCheck> checks) {
    List<String> files =
        Arrays.stream(ModelVariant.values())
            .filter(ModelVariant::trained)
            .map(ModelVariant::file)
            .toList();
    return checks.stream().filter(check -> files.contains(check.model())).toList();
  }

  private static Condition valid(List<ModelCheck> checks) {
    List<ModelCheck> invalid = checks.stream().filter(check -> check.invalid() != null).toList();
    return new Condition(
        "invalid-models",
        invalid.size(),
        0,
        invalid.isEmpty(),
        invalid.isEmpty()
            ? "all of %d models keep Core ML's rules and run".formatted(checks.size())
            : invalid.stream().map(ModelCheck::invalid).collect(Collectors.joining("; ")));
  }

  private Condition parity(List<ModelCheck> checks, int images) {
    double limit = options.allowedDifference();
    ModelCheck worst = worst(checks, ModelCheck::maxProbabilityDifference);
    return new Condition(
        "max-probability-difference",
        worst.maxProbabilityDifference(),
        limit,
        worst.maxProbabilityDifference() <= limit,
        text(
            "%s differs from its head by up to %.2e in a probability on %d photos, %s allows %.0e",
            worst.model(),
            worst.maxProbabilityDifference(),
            images,
            options.storage().halfPrecision()
                ? "emit.max-half-precision-difference"
                : "emit.max-probability-difference",
            limit));
  }

  private static Condition wins(List<ModelCheck> checks, int images) {
    ModelCheck worst = worst(checks, ModelCheck::wins);
    return new Condition(
        "placeholder-wins",
        worst.wins(),
        0,
        worst.wins() == 0,
        text("%s takes %d of %d photos for a placeholder", worst.model(), worst.wins(), images)
            + (worst.wins() == 0 ? "" : WAY_OUT));
  }

  private Condition probability(List<ModelCheck> checks, int images) {
    double limit = options.placeholders().maxProbability();
    ModelCheck worst = worst(checks, ModelCheck::probability);
    return new Condition(
        "placeholder-probability",
        worst.probability(),
        limit,
        worst.probability() <= limit,
        text(
                "%s gives placeholders a probability of %.2e in the mean over %d photos, emit.max-placeholder-probability allows %.0e",
                worst.model(), worst.probability(), images, limit)
            + (worst.probability() <= limit ? "" : WAY_OUT));
  }

  private static ModelCheck worst(List<ModelCheck> checks, ToDoubleFunction<ModelCheck> figure) {
    return checks.stream()
        .max(Comparator.comparingDouble(figure))
        .orElse(new ModelCheck("no model", null, 0, 0, 0));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
