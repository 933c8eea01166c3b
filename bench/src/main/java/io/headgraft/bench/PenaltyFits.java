package io.headgraft.bench;

import com.sun.management.OperatingSystemMXBean;
import io.headgraft.Json;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LbfgsTrainer;
import io.headgraft.head.Setting;
import io.headgraft.head.TrainingSet;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;

/**
 * Fits of L-BFGS, as {@link LbfgsTrainer} makes them, on demand: for {@code bench/fits.py}, which
 * has scikit-learn's run in between.
 *
 * <p>Argument: folder of {@link ExportFeatures}. Reads from standard input lines of a tolerance and
 * penalties with spaces between them: these are fitted one after the other, each from the minimum
 * of the one before, the first from zero. Answers each with one line of JSON a fit: its seconds,
 * those of the processor, iterations and objective, the mean cross entropy + l2 / 2 · |weights|² on
 * the standardized rows.
 */
public final class PenaltyFits {

  private final Examples examples;
  private final TrainingSet data;

  private PenaltyFits(Examples examples, TrainingSet data) {
    this.examples = examples;
    this.data = data;
  }

  /** Answers until standard input ends. */
  public static void main(String[] args) throws IOException {
    FeatureFolder folder = new FeatureFolder(Path.of(args[0]));
    Examples examples = folder.examples("train");
    TrainingSet data = TrainingSet.of(folder.labels(), examples, options(List.of()).classWeights());
    PenaltyFits fits = new PenaltyFits(examples, data);
    Scanner lines = new Scanner(System.in, "UTF-8");
    while (lines.hasNextLine()) {
      String[] words = lines.nextLine().strip().split(" ", -1);
      for (Map<String, Object> fit : fits.path(words)) {
        System.out.println(Json.line(fit));
      }
    }
  }

  private static HeadOptions options(List<String> settings) {
    return Settings.load(Optional.empty(), settings).heads();
  }

  private List<Map<String, Object>> path(String[] words) {
    LbfgsTrainer trainer = new LbfgsTrainer(options(List.of("head.lbfgs.tolerance=" + words[0])));
    List<Map<String, Object>> fits = new ArrayList<>();
    List<Head> heads = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      Setting.Penalty penalty = new Setting.Penalty(Double.parseDouble(words[i]));
      long processor = processorNanos();
      long start = System.nanoTime();
      Head head =
          heads.isEmpty()
              ? trainer.train(data, penalty)
              : trainer.train(data, penalty, heads.get(heads.size() - 1));
      Map<String, Object> fit = new LinkedHashMap<>(head.hyperparameters());
      fit.put("seconds", (System.nanoTime() - start) / 1e9);
      fit.put("processor-seconds", (processorNanos() - processor) / 1e9);
      heads.add(head);
      fits.add(fit);
    }
    for (int i = 0; i < heads.size(); i++) {
      fits.get(i).put("objective", objective(heads.get(i), Double.parseDouble(words[i + 1])));
    }
    return fits;
  }

  private double objective(Head head, double l2) {
    double loss = 0;
    for (int i = 0; i < examples.size(); i++) {
      double[] logits = head.logits(examples.features()[i]);
      double largest = Double.NEGATIVE_INFINITY;
      for (double logit : logits) {
        largest = Math.max(largest, logit);
      }
      double sum = 0;
      for (double logit : logits) {
        sum += Math.exp(logit - largest);
      }
      loss += largest + Math.log(sum) - logits[examples.labels()[i]];
    }
    double squares = 0;
    for (double[] row : head.weights()) {
      for (double weight : row) {
        squares += weight * weight;
      }
    }
    return loss / examples.size() + l2 / 2 * squares;
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
