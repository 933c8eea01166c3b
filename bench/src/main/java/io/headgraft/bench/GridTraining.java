package io.headgraft.bench;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.management.OperatingSystemMXBean;
import io.headgraft.head.Checkpoints;
import io.headgraft.head.Choice;
import io.headgraft.head.DescentTrainer;
import io.headgraft.head.Examples;
import io.headgraft.head.Folds;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.Setting;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The nine settings of {@code head.sgd}, trained side by side as {@link DescentTrainer} does it,
 * and in one pass over the rows as one wide layer, whose every mini-batch is read once for all of
 * them: by libtorch with one matrix product a batch, and in Java with a block kernel. All see the
 * same mini-batches in the same order; what the best setting's loss was in the last epoch says that
 * they did the same.
 *
 * <p>Arguments: folder of {@link ExportFeatures}, epochs, rounds, numbers of libtorch threads with
 * commas between them. Each way runs once a round, after one that does not count. Seconds of the
 * processor are printed too: on a busy machine they say more than the clock, except of libtorch's
 * threads, which spin while they wait for each other.
 */
public final class GridTraining {

  private GridTraining() {}

  /** Prints a line a way and round, then the medians. */
  public static void main(String[] args) throws IOException {
    FeatureFolder folder = new FeatureFolder(Path.of(args[0]));
    int epochs = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    HeadOptions options = options(epochs);
    Examples train = folder.examples("train");
    Examples validation = folder.examples("validation");
    GridProblem problem = GridProblem.of(train, folder.labels().size(), options);
    try (SparkSession spark = LocalSpark.session()) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      DescentTrainer trainer =
          new DescentTrainer("sgd", options, options.sgd(), context, Checkpoints.NONE);
      Folds folds = Folds.validation(folder.labels(), train, validation, options.classWeights());
      // What is chosen is the same each time.
      Setting.Descent chosen = trainer.choose(folds).setting();
      int best = problem.indexOf(chosen);
      Map<String, ToDoubleFunction<GridProblem>> ways = new LinkedHashMap<>();
      ways.put("Spark tasks, a setting each", unused -> lastLoss(trainer.choose(folds)));
      for (String threads : args[3].split(",", -1)) {
        ways.put(
            "one wide layer, libtorch, threads: " + threads,
            p -> wideTorch(p, Integer.parseInt(threads))[best]);
      }
      ways.put("two wide layers, Java blocks, 2 threads", p -> BlockedGrid.train(p, 2)[best]);
      ways.put("a layer a setting, Java blocks, 2 threads", p -> BlockedGrid.train(p, 9)[best]);
      measure(problem, ways, rounds);
    }
  }

  private static double[] wideTorch(GridProblem problem, int threads) {
    // Which loads the library.
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(threads);
    return WideLayer.train(problem);
  }

  private static double lastLoss(Choice<Setting.Descent> choice) {
    return choice.curve().get(choice.curve().size() - 1).trainLoss();
  }

  private static void measure(
      GridProblem problem, Map<String, ToDoubleFunction<GridProblem>> ways, int rounds) {
    Map<String, double[]> rates = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, ToDoubleFunction<GridProblem>> way : ways.entrySet()) {
        long start = System.nanoTime();
        long processor = processorNanos();
        double loss = way.getValue().applyAsDouble(problem);
        double seconds = (System.nanoTime() - start) / 1e9;
        double processorSeconds = (processorNanos() - processor) / 1e9;
        double rate = (double) problem.size() * problem.epochs() * problem.settings() / seconds;
        System.out.printf(
            "round %d, %s: %.2f s, %.2f s of the processor, %,.0f rows of a setting/s, last loss %.6f%n",
            round, way.getKey(), seconds, processorSeconds, rate, loss);
        if (round > 0) {
          rates.computeIfAbsent(way.getKey(), unused -> new double[rounds])[round - 1] = rate;
        }
      }
    }
    rates.forEach(
        (way, all) -> {
          Arrays.sort(all);
          System.out.printf(
              "%s: median %,.0f rows of a setting/s (%,.0f to %,.0f)%n",
              way, (all[(rounds - 1) / 2] + all[rounds / 2]) / 2, all[0], all[rounds - 1]);
        });
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Those of the configuration, but no setting stops early, and none gets a second seed. */
  private static HeadOptions options(int epochs) {
    return Settings.load(
            Optional.empty(),
            List.of("head.seeds=1", "head.sgd.epochs=" + epochs, "head.sgd.patience=" + epochs))
        .heads();
  }
}
