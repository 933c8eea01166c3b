package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitRuleTest {

  private static final SplitRule RULE = rule(1, 0.1, 0.2);

  @Test
  void sharesAreAsConfigured() {
    List<Split> splits = IntStream.range(0, 20_000).mapToObj(i -> RULE.split(image(i))).toList();

    // Five standard errors of a share of 20,000.
    assertThat(share(splits, Split.TEST)).isCloseTo(0.2, within(0.015));
    assertThat(share(splits, Split.VALIDATION)).isCloseTo(0.1, within(0.011));
  }

  private static double share(List<Split> splits, Split split) {
    return splits.stream().filter(split::equals).count() / (double) splits.size();
  }

  @Test
  void nothingIsHeldOutIfNothingIsAskedFor() {
    assertThat(IntStream.range(0, 1000).mapToObj(i -> rule(1, 0, 0).split(image(i))))
        .containsOnly(Split.TRAIN);
  }

  @Test
  void aLargerTestShareKeepsWhatWasTested() {
    assertThat(IntStream.range(0, 1000).filter(i -> RULE.split(image(i)) == Split.TEST))
        .isNotEmpty()
        .allMatch(i -> rule(1, 0.1, 0.3).split(image(i)) == Split.TEST);
  }

  @Test
  void aSplitNeverChanges() {
    // Written down once: another hash would mix yesterday's test images into today's training.
    assertThat(IntStream.range(0, 12).mapToObj(i -> RULE.split(image(i))))
        .containsExactly(
            Split.TRAIN,
            Split.TRAIN,
            Split.TRAIN,
            Split.TRAIN,
            Split.TRAIN,
            Split.TRAIN,
            Split.TEST,
            Split.TEST,
            Split.TRAIN,
            Split.TRAIN,
            Split.TRAIN,
            Split.TEST);
  }

  @Test
  void anotherSeedHoldsOutOthers() {
    long same =
        IntStream.range(0, 1000)
            .filter(i -> RULE.split(image(i)) == Split.TEST)
            .filter(i -> rule(2, 0.1, 0.2).split(image(i)) == Split.TEST)
            .count();

    // Of 1000, 0.2 * 0.2 meet by chance.
    assertThat(same).isBetween(10L, 80L);
  }

  @Test
  void aGroupStaysTogether() {
    for (int group = 0; group < 50; group++) {
      Optional<String> name = Optional.of("burst " + group);
      assertThat(IntStream.range(0, 20).mapToObj(i -> RULE.split(image(i, Optional.empty(), name))))
          .containsOnly(RULE.split(image(99, Optional.empty(), name)));
    }
  }

  @Test
  void aGivenSplitWins() {
    for (Split split : Split.values()) {
      assertThat(IntStream.range(0, 20))
          .allMatch(i -> RULE.split(image(i, Optional.of(split), Optional.of("group"))) == split);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-0.1, 0.1, 0.2, dataset.validation is out of range: -0.1",
    "0.1, 1, 0.2, dataset.test is out of range: 1.0",
    "NaN, 0.1, 0.2, dataset.validation is out of range: NaN",
    "0.5, 0.5, 0.2, dataset.validation + test is out of range: 1.0",
    "0.1, 0.1, 1.1, dataset.max-rejected is out of range: 1.1"
  })
  void refusesOtherShares(double validation, double test, double maxRejected, String message) {
    assertThatThrownBy(() -> new DatasetOptions(1, validation, test, maxRejected))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void splitsHaveNamesInAnyCase() {
    assertThat(Arrays.stream(Split.values()).map(Split::text))
        .containsExactly("test", "validation", "train");
    assertThat(Split.parse("TRAIN")).contains(Split.TRAIN);
    assertThat(Split.parse("training")).isEmpty();
  }

  private static SplitRule rule(long seed, double validation, double test) {
    return new SplitRule(new DatasetOptions(seed, validation, test, 0.2));
  }

  private static IndexedFile image(int number) {
    return image(number, Optional.empty(), Optional.empty());
  }

  private static IndexedFile image(int number, Optional<Split> split, Optional<String> group) {
    return new IndexedFile(
        new ListedFile("file:/" + number, "cat", split, group, 1, 1, Optional.empty()),
        "image" + number);
  }
}
