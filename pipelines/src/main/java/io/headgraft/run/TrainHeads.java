package io.headgraft.run;

import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LbfgsTrainer;
import io.headgraft.head.SgdTrainer;
import io.headgraft.head.Standardization;
import io.headgraft.head.Trainer;
import io.headgraft.head.TrainingData;
import io.headgraft.report.Report.HeadReport;
import java.util.ArrayList;
import java.util.List;

/** Trains the heads on the training split and measures them on all splits. */
public final class TrainHeads {

  private final HeadOptions options;

  /** The heads and their figures, in the order of the configuration. */
  public record Result(List<Head> heads, List<HeadReport> reports) {}

  /** Prepares a training. */
  public TrainHeads(HeadOptions options) {
    this.options = options;
  }

  /** Trains and measures. */
  public Result run(TrainingData data) {
    Standardization standardization = Standardization.fit(data.examples(Split.TRAIN).features());
    List<Head> heads = new ArrayList<>();
    List<HeadReport> reports = new ArrayList<>();
    for (String name : options.names()) {
      Head head = trainer(name).train(data, standardization);
      heads.add(head);
      reports.add(
          new HeadReport(
              name,
              head.hyperparameters(),
              1,
              head.seconds(),
              metrics(head, data.originals(Split.TRAIN)),
              metrics(head, data.examples(Split.VALIDATION)),
              metrics(head, data.examples(Split.TEST))));
    }
    return new Result(heads, reports);
  }

  private Trainer trainer(String name) {
    return switch (name) {
      case "lbfgs" -> new LbfgsTrainer(options);
      case "sgd" -> new SgdTrainer(options);
      default -> throw new IllegalArgumentException("There is no head " + name);
    };
  }

  private static Metrics metrics(Head head, Examples examples) {
    return examples.size() == 0
        ? null
        : Metrics.of(head.labels(), examples.labels(), head.probabilities(examples.features()));
  }
}
