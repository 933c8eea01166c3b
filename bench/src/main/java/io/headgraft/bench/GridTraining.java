package io.headgraft.bench;

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
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The grid of {@code head.sgd} as {@link DescentTrainer} trains it, a Spark task a setting,
 * measured on the validation split after each epoch.
 *
 * <p>Arguments: folder of {@link ExportFeatures}, epochs, rounds. One more round comes first that
 * does not count. Seconds of the processor are printed too: on a busy machine they say more than
 * the clock.
 */
public final class GridTraining {

  private GridTraining() {}

  /** Prints a line a round, then the median. */
  public static void main(String[] args) throws IOException {
    FeatureFolder folder = new FeatureFolder(Path.of(args[0]));
    int epochs = Integer.parseInt(args[1]);
    double[] rates = new double[Integer.parseInt(args[2])];
    HeadOptions options = options(epochs);
    HeadOptions.Descent sgd = options.sgd();
    Examples train = folder.examples("train");
    Folds folds =
        Folds.validation(
            folder.labels(), train, folder.examples("validation"), options.classWeights());
    double rows = (double) train.size() * epochs * sgd.learningRates().size() * sgd.l2().size();
    try (SparkSession spark = LocalSpark.session()) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      DescentTrainer trainer = new DescentTrainer("sgd", options, sgd, context, Checkpoints.NONE);
      for (int round = 0; round <= rates.length; round++) {
        double rate = round(round, trainer, folds, rows);
        if (round > 0) {
          rates[round - 1] = rate;
        }
      }
    }
    Arrays.sort(rates);
    System.out.printf(
        "median %,.0f rows of a setting/s (%,.0f to %,.0f)%n",
        (rates[(rates.length - 1) / 2] + rates[rates.length / 2]) / 2,
        rates[0],
        rates[rates.length - 1]);
  }

  /** Rows of a setting a second. */
  private static double round(int number, DescentTrainer trainer, Folds folds, double rows) {
    long start = System.nanoTime();
    long processor = processorNanos();
    Choice<Setting.Descent> choice = trainer.choose(folds);
    double seconds = (System.nanoTime() - start) / 1e9;
    double processorSeconds = (processorNanos() - processor) / 1e9;
    System.out.printf(
        "round %d: %.2f s, %.2f s of the processor, %,.0f rows of a setting/s, last loss %.6f%n",
        number,
        seconds,
        processorSeconds,
        rows / seconds,
        choice.curve().get(choice.curve().size() - 1).trainLoss());
    return rows / seconds;
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
