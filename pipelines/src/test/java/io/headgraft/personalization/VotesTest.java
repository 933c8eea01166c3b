package io.headgraft.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class VotesTest {

  private static final int[] LABELS = {0, 1, 1, 2};

  /** Of one photo: the second and the fourth example are nearest. */
  private static final double[][] DISTANCES = {{9}, {1}, {8}, {4}};

  @Test
  void nearerOnesCountMore() {
    assertThat(new Votes(3, false, 3).of(DISTANCES, LABELS, 1)[0])
        .containsExactly(0, (1 + 1 / 8.0) / (1 + 1 / 4.0 + 1 / 8.0), 0.25 / (1 + 0.25 + 0.125));
    assertThat(new Votes(3, true, 3).of(DISTANCES, LABELS, 1)[0])
        .containsExactly(0, 2 / 3.0, 1 / 3.0);
  }

  @Test
  void oneThatIsThePhotoItselfIsRight() {
    double[][] distances = {{0}, {1}, {1}, {1}};

    assertThat(new Votes(4, false, 3).of(distances, LABELS, 1)[0]).containsExactly(1, 0, 0);
  }

  @Test
  void thereMayBeFewerThanK() {
    assertThat(new Votes(3, true, 2).of(new double[][] {{5}}, new int[] {1}, 1)[0])
        .containsExactly(0, 1);
    assertThat(new Votes(3, true, 2).of(new double[0][], new int[0], 2))
        .isDeepEqualTo(new double[2][]);
  }

  @Test
  void distancesAreEuclidean() {
    Random random = new Random(3);
    float[][] photos = rows(random, 5);
    float[][] examples = rows(random, 4);

    double[][] distances =
        new Distances(photos, new int[] {7, 3, 8, 1}, examples).of(new int[] {8, 7});

    assertThat(distances[0][4]).isCloseTo(distance(examples[2], photos[4]), nearly());
    assertThat(distances[1][0]).isCloseTo(distance(examples[0], photos[0]), nearly());
  }

  private static Offset<Double> nearly() {
    return within(1e-5);
  }

  private static float[][] rows(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new float[] {random.nextFloat(), random.nextFloat(), random.nextFloat()})
        .toArray(float[][]::new);
  }

  private static double distance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum();
  }
}
