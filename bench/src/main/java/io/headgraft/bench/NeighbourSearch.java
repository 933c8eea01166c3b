package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.head.Examples;
import io.headgraft.head.NearestNeighbours;
import io.headgraft.head.NearestNeighboursTrainer;
import io.headgraft.head.Setting;
import io.headgraft.head.TrainingSet;
import io.headgraft.head.Weighting;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Nearest neighbours of rows among rows, as the head {@code knn} finds them, on demand: for {@code
 * bench/neighbours.py}, which has scikit-learn's search in between.
 *
 * <p>Argument: folder of {@link ExportFeatures}; its training rows are searched, for those of its
 * validation split. Reads from standard input numbers of neighbours, one a line, and answers each
 * with a line of JSON: seconds of the clock, and the label that wins each row's votes.
 */
public final class NeighbourSearch {

  private NeighbourSearch() {}

  /** Answers until standard input ends. */
  public static void main(String[] args) throws IOException {
    FeatureFolder folder = new FeatureFolder(Path.of(args[0]));
    Settings settings = Settings.load(Optional.empty(), List.of());
    TrainingSet data =
        TrainingSet.of(folder.labels(), folder.examples("train"), settings.heads().classWeights());
    Examples wanted = folder.examples("validation");
    Scanner lines = new Scanner(System.in, "UTF-8");
    try (SparkSession spark = LocalSpark.session()) {
      NearestNeighboursTrainer trainer =
          new NearestNeighboursTrainer(
              settings.heads().knn(), JavaSparkContext.fromSparkContext(spark.sparkContext()));
      while (lines.hasNextLine()) {
        int k = Integer.parseInt(lines.nextLine().strip());
        Map<String, Object> answer = search(trainer, data, wanted, k);
        System.out.println(Json.line(answer));
      }
    }
  }

  private static Map<String, Object> search(
      NearestNeighboursTrainer trainer, TrainingSet data, Examples wanted, int k) {
    long start = System.nanoTime();
    NearestNeighbours head =
        trainer.train(data, new Setting.Neighbours(k, Weighting.INVERSE_DISTANCE));
    double[][] votes = head.probabilities(wanted.features());
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("seconds", seconds);
    answer.put("labels", Arrays.stream(votes).mapToInt(NeighbourSearch::winner).toArray());
    return answer;
  }

  private static int winner(double[] votes) {
    int winner = 0;
    for (int k = 1; k < votes.length; k++) {
      if (votes[k] > votes[winner]) {
        winner = k;
      }
    }
    return winner;
  }
}
