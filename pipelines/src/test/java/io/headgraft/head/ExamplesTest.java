package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.dataset.Split;
import io.headgraft.testing.SmallProblem;
import org.junit.jupiter.api.Test;

class ExamplesTest {

  private static final Examples EXAMPLES =
      new Examples(
          new float[][] {{0}, {1}, {2}, {3}, {4}},
          new int[] {2, 0, 0, 0, 2},
          new String[] {"a", "b", "c", "d", "e"},
          new String[] {"g", "g", "g", "g", "g"},
          new int[5]);

  @Test
  void takesLabelsInTurn() {
    assertThat(EXAMPLES.evenly(4).imageIds()).containsExactly("b", "a", "c", "e");
    assertThat(EXAMPLES.evenly(4).features()).isDeepEqualTo(new float[][] {{1}, {0}, {2}, {4}});
    assertThat(EXAMPLES.evenly(9).imageIds()).containsExactly("b", "a", "c", "e", "d");
    assertThat(EXAMPLES.evenly(9).labels()).containsExactly(0, 2, 0, 2, 0);
    assertThat(EXAMPLES.evenly(0).size()).isZero();
  }

  @Test
  void imagesKeepTheirVariants() {
    Examples examples =
        new Examples(
            new float[6][1],
            new int[] {0, 0, 0, 0, 1, 1},
            new String[] {"a", "a", "b", "b", "c", "c"},
            new String[6],
            new int[] {0, 1, 0, 1, 0, 1});

    assertThat(examples.imagesEvenly(4).imageIds()).containsExactly("a", "a", "c", "c");
    assertThat(examples.imagesEvenly(4).variants()).containsExactly(0, 1, 0, 1);
  }

  /** However the rows lie, the sample is the same. */
  @Test
  void aSampleFollowsFromTheIdsAlone() {
    HeadOptions local = SmallProblem.options();
    HeadOptions distributed = SmallProblem.options("head.memory=1");
    Examples expected = SmallProblem.examples(Split.TRAIN).originals().evenly(7);
    assertThat(expected.imageIds()).startsWith("image03", "image04", "image02");

    try (TrainingData here = SmallProblem.load(local);
        TrainingData there = SmallProblem.load(distributed)) {
      assertThat(there.train()).isEmpty();
      for (TrainingData data : new TrainingData[] {here, there}) {
        Examples sample = data.trainingSample(7);
        assertThat(sample.imageIds()).isEqualTo(expected.imageIds());
        assertThat(sample.features()).isDeepEqualTo(expected.features());
        assertThat(sample.labels()).isEqualTo(expected.labels());
      }
    }
  }
}
