package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.testing.SmallProblem;
import org.junit.jupiter.api.Test;

class TrainingMemoryTest {

  private static final long MIB = 1 << 20;

  /** 2,062 photos, of which 1,650 train in nine variants. */
  private static final TrainingMemory DIGITS = new TrainingMemory(14_850, 206, 206, 1000, 10, 2);

  @Test
  void countsWhatIsHeldAtThePeak() {
    HeadOptions lbfgs = SmallProblem.options("head.names=[lbfgs]");
    HeadOptions knn = SmallProblem.options("head.names=[lbfgs, knn]");
    HeadOptions all = SmallProblem.options();

    // 4,024 bytes a row and copy: the features, the standardized rows of all and of a fold.
    long rows = 4024 * (15_262L + 15_056 + 14_850) + 256 * 15_262L;
    assertThat(DIGITS.toTrain(lbfgs)).isBetween(256 * MIB + rows, 256 * MIB + rows + 60 * MIB);
    // What Spark's tasks are sent comes on top, and only where it is more than L-BFGS works with.
    assertThat(DIGITS.toTrain(knn)).isEqualTo(256 * MIB + rows + 2 * 2 * 4096 * 4024L);
    assertThat(DIGITS.toTrain(all)).isEqualTo(256 * MIB + rows + 4024 * 14_850L);
    assertThat(DIGITS.toLoad()).isEqualTo(256 * MIB + 2 * 4024 * 15_262L + 256 * 15_262L);
  }

  /** Where the tasks run elsewhere, nothing but the rows comes here. */
  @Test
  void aDriverOfAClusterHoldsLess() {
    TrainingMemory driver = new TrainingMemory(14_850, 206, 206, 1000, 10, 0);

    assertThat(driver.toLoad()).isEqualTo(256 * MIB + 4280 * 15_262L);
    assertThat(driver.toTrain(SmallProblem.options("head.names=[knn]")))
        .isLessThan(DIGITS.toTrain(SmallProblem.options("head.names=[knn]")));
  }

  @Test
  void manyLabelsCountToo() {
    HeadOptions lbfgs = SmallProblem.options("head.names=[lbfgs]");
    TrainingMemory wide = new TrainingMemory(14_850, 206, 206, 1000, 10_000, 2);

    // 10 million parameters of 8 bytes, in the ranges' sums, the corrections, the sweep's heads.
    assertThat(wide.toTrain(lbfgs) - DIGITS.toTrain(lbfgs)).isGreaterThan(60 * 80_000_000L);
  }

  @Test
  void refusesWithFiguresAndTheWayOut() {
    HeadOptions options = SmallProblem.options();
    long needed = DIGITS.toTrain(options);

    assertThatCode(() -> DIGITS.requireFitsToTrain(needed, options)).doesNotThrowAnyException();
    assertThatThrownBy(() -> DIGITS.requireFitsToTrain(400 * MIB, options))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(
            "Training on 14,850 rows of 1,000 features in one process takes about 491 MiB, and its"
                + " heap has 400 MiB: give it more (--driver-memory with spark-submit,"
                + " HEADGRAFT_JAVA_OPTS=-Xmx with the launcher), extract fewer augment.variants, or"
                + " set head.memory, which is 4,294,967,296, below 59,400,000, the bytes of these"
                + " features: then Spark trains on them where they are");
    assertThatThrownBy(() -> DIGITS.requireFitsToLoad(300 * MIB, options))
        .hasMessageStartingWith(
            "Holding 14,850 rows of 1,000 features in one process takes about 377 MiB, and its heap"
                + " has 300 MiB: ");
  }
}
