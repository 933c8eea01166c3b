package io.headgraft.run;

import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.ClassLabels;
import io.headgraft.coreml.proto.Metadata;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/** What a model was made of, as its metadata has it: {@code io.headgraft.*}. */
final class ModelProvenance {

  private static final String PREFIX = "io.headgraft.";

  private ModelProvenance() {}

  /**
   * The facts of one model.
   *
   * @param examples that the model knows from the start
   */
  static Map<String, String> of(
      ModelVariant variant, EmitModel.Input input, Backbone backbone, int examples) {
    TrainedHead trained = input.trained();
    Map<String, String> facts = new TreeMap<>();
    facts.put(PREFIX + "run", trained.run());
    facts.put(PREFIX + "pipeline", trained.pipeline());
    // The file's name alone: the folder is nobody's business but the builder's.
    facts.put(PREFIX + "backbone", backbone.name().replaceFirst(".*[/\\\\]", ""));
    facts.put(PREFIX + "backbone-fingerprint", backbone.fingerprint());
    Metadata own = backbone.model().getDescription().getMetadata();
    facts.put(PREFIX + "backbone-author", own.getAuthor());
    facts.put(PREFIX + "backbone-license", own.getLicense());
    facts.put(PREFIX + "backbone-trained", String.valueOf(backbone.trained()));
    facts.put(PREFIX + "dataset", String.valueOf(trained.dataset()));
    facts.put(PREFIX + "features", String.valueOf(trained.features()));
    facts.put(ClassLabels.REAL, String.valueOf(trained.head().labels().size()));
    facts.put(PREFIX + "git", RunRecord.environmentFacts().get("git"));
    facts.put(PREFIX + "date", LocalDate.now(ZoneOffset.UTC).toString());
    switch (variant) {
      case CLASSIFIER, PLAIN -> {
        facts.put(PREFIX + "head", trained.head().name());
        trained
            .head()
            .hyperparameters()
            .forEach((name, value) -> facts.put(PREFIX + "head." + name, String.valueOf(value)));
        input
            .testAccuracy()
            .ifPresent(share -> facts.put(PREFIX + "test-accuracy", String.valueOf(share)));
      }
      case KNN -> facts.put(PREFIX + "examples", String.valueOf(examples));
      case EMPTY -> {}
    }
    facts.values().removeIf(String::isEmpty);
    return facts;
  }
}
