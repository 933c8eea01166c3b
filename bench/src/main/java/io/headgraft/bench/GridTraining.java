package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.head.Checkpoints;
import io.headgraft.head.Choice;
import io.headgraft.head.DescentTrainer;
import io.headgraft.head.Examples;
import io.headgraft.head.Folds;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.Setting;
import io.headgraft.head.Trial;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Grids of mini-batch gradient descent as {@link DescentTrainer} trains them, a Spark task some
 * settings, on demand: for {@code bench/descent.py}, which has PyTorch train in between.
 *
 * <p>Argument: folder of {@link ExportFeatures}. Reads from standard input lines of {@code sgd} or
 * {@code adam} and settings, {@code key=value}, with spaces between them, and answers each with a
 * line of JSON: seconds of the clock, steps of all settings together, and the lowest log-loss on
 * the validation split.
 */
public final class GridTraining {

  private final FeatureFolder folder;
  private final JavaSparkContext spark;

  private GridTraining(FeatureFolder folder, JavaSparkContext spark) {
    this.folder = folder;
    this.spark = spark;
  }

  /** Answers until standard input ends. */
  public static void main(String[] args) throws IOException {
    FeatureFolder folder = new FeatureFolder(Path.of(args[0]));
    Scanner lines = new Scanner(System.in, "UTF-8");
    try (SparkSession spark = LocalSpark.session()) {
      GridTraining training =
          new GridTraining(folder, JavaSparkContext.fromSparkContext(spark.sparkContext()));
      while (lines.hasNextLine()) {
        List<String> words = Arrays.asList(lines.nextLine().strip().split(" ", -1));
        System.out.println(Json.line(training.train(words.get(0), words.subList(1, words.size()))));
      }
    }
  }

  private Map<String, Object> train(String optimizer, List<String> changes) throws IOException {
    List<String> all = new ArrayList<>(changes);
    // What was chosen gets no other seeds.
    all.add("head.seeds=1");
    HeadOptions options = Settings.load(Optional.empty(), all).heads();
    HeadOptions.Descent descent =
        switch (optimizer) {
          case "sgd" -> options.sgd();
          case "adam" -> options.adam();
          default -> throw new IllegalArgumentException("No optimizer: " + optimizer);
        };
    Examples examples = folder.examples("train");
    Folds folds =
        Folds.validation(
            folder.labels(), examples, folder.examples("validation"), options.classWeights());
    DescentTrainer trainer =
        new DescentTrainer(optimizer, options, descent, spark, Checkpoints.NONE);
    long start = System.nanoTime();
    Choice<Setting.Descent> choice = trainer.choose(folds);
    int batch = descent.miniBatchSize();
    long steps = (examples.size() + batch - 1L) / batch * descent.epochs() * choice.fits();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("seconds", (System.nanoTime() - start) / 1e9);
    answer.put("steps", steps);
    answer.put(
        "validation-log-loss",
        choice.trials().stream()
            .mapToDouble(Trial::logLoss)
            .filter(Double::isFinite)
            .min()
            .orElseThrow());
    return answer;
  }
}
