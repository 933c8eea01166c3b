package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.head.Examples;
import io.headgraft.head.Predictions;
import io.headgraft.report.Report.Answer;
import io.headgraft.report.Report.Mistake;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorstMistakesTest {

  /** All of them cats, of which each head says how probable that is. */
  private static final double[] FIRST = {0.9, 0.4, 0.1, 0.6, 0.2};

  private static final double[] SECOND = {0.8, 0.7, 0.3, 0.3, 0.2};

  @Test
  void theLeastProbableComeFirst() {
    List<Mistake> mistakes = mistakes(10);

    // In the mean 0.2, 0.2, 0.45 and 0.55; of equal ones by their ids. Both are right about a.
    assertThat(mistakes).extracting(Mistake::imageId).containsExactly("c", "e", "d", "b");
    assertThat(mistakes.get(2))
        .isEqualTo(
            new Mistake(
                "d",
                "file:/d.jpg",
                "cat",
                List.of(new Answer("lbfgs", "cat", 0.6, 0.6), new Answer("knn", "dog", 0.7, 0.3))));
  }

  @Test
  void noMoreThanWantedAreShown() {
    assertThat(mistakes(2)).extracting(Mistake::imageId).containsExactly("c", "e");
    assertThat(mistakes(0)).isEmpty();
  }

  private static List<Mistake> mistakes(int most) {
    String[] ids = {"a", "b", "c", "d", "e"};
    List<LabelledImage> images = new ArrayList<>();
    images.add(new LabelledImage("z", "file:/z.jpg", 1, "dog", "z", Split.TRAIN));
    images.add(new LabelledImage("y", "file:/y.jpg", 1, "cat", "y", Split.TRAIN));
    for (String id : ids) {
      images.add(new LabelledImage(id, "file:/" + id + ".jpg", 1, "cat", id, Split.TEST));
    }
    Map<String, Predictions> heads = new LinkedHashMap<>();
    heads.put("lbfgs", predictions(FIRST));
    heads.put("knn", predictions(SECOND));
    return WorstMistakes.of(
        new LabelledDataset(1, images, List.of()),
        new Examples(new float[5][0], new int[5], ids, ids, new int[5]),
        heads,
        most);
  }

  private static Predictions predictions(double[] cat) {
    double[][] probabilities = new double[cat.length][];
    for (int i = 0; i < cat.length; i++) {
      probabilities[i] = new double[] {cat[i], 1 - cat[i]};
    }
    return new Predictions(new int[cat.length], probabilities);
  }
}
