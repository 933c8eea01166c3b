package io.headgraft.image;

import io.headgraft.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which variants an image has besides itself. What is left to chance in variant k of an image
 * follows from the image, k and the seed alone: neither the other images nor the number of variants
 * change it.
 */
public sealed interface AugmentationSpec {

  /** The most variants besides the image itself. Each is a row of features. */
  int MAX_VARIANTS = 1000;

  /**
   * One composition a variant.
   *
   * @param compositions of variants 1, 2, …; each of at least one kind, each kind once
   * @param seed decides what is drawn
   */
  record Listed(List<List<AugmentationRange>> compositions, long seed) implements AugmentationSpec {

    /** Brings the kinds of each composition into their order, and checks that none is pointless. */
    public Listed {
      compositions =
          compositions.stream().map(entry -> ordered("augment.variants", entry)).toList();
      requireCount(0, compositions.size());
      Set<String> fixed = new HashSet<>();
      for (List<AugmentationRange> composition : compositions) {
        if (!isDrawn(composition) && !fixed.add(text(composition))) {
          throw new IllegalArgumentException(
              "augment.variants has %s twice, must be there once: nothing about it is drawn, so both would be the same"
                  .formatted(text(composition)));
        }
      }
    }

    @Override
    public int variants() {
      return compositions.size();
    }

    @Override
    public String text() {
      List<String> texts = new ArrayList<>(List.of("none"));
      compositions.forEach(composition -> texts.add(text(composition)));
      return compositions.stream().anyMatch(AugmentationSpec::isDrawn)
          ? "%s seed %d".formatted(texts, seed)
          : texts.toString();
    }

    @Override
    public Augmentation draw(String imageId, int variant) {
      Random random = random(seed, imageId, variant);
      return Augmentation.of(
          compositions.get(variant - 1).stream().map(range -> range.draw(random)).toList());
    }

    private static String text(List<AugmentationRange> composition) {
      return composition.stream().map(AugmentationRange::text).collect(Collectors.joining("+"));
    }
  }

  /**
   * A number of variants, each with a part of the kinds: each kind with a probability, one of them
   * by lot where that leaves none.
   *
   * @param count 1 to {@value #MAX_VARIANTS}
   * @param kinds each once; at least one has parameters to be drawn, or the variants would be the
   *     same few
   * @param probability of each kind, 0 (one by lot) to 1 (all)
   * @param seed decides what is drawn
   */
  record Drawn(int count, List<AugmentationRange> kinds, double probability, long seed)
      implements AugmentationSpec {

    /** Checks the values and brings the kinds into their order. */
    public Drawn {
      requireCount(1, count);
      kinds = ordered("augment.kinds", kinds);
      Drawing.require("probability", probability, 0, 1);
      if (!isDrawn(kinds)) {
        List<AugmentationKind> fixed = kinds.stream().map(AugmentationRange::kind).toList();
        throw new IllegalArgumentException(
            "augment.variants is %d, but nothing is drawn of augment.kinds %s: must be a list, such as %s"
                .formatted(count, fixed, fixed));
      }
    }

    @Override
    public int variants() {
      return count;
    }

    @Override
    public String text() {
      return "%d of %s with probability %s seed %d"
          .formatted(
              count,
              kinds.stream().map(AugmentationRange::text).toList(),
              AugmentationText.plain(probability),
              seed);
    }

    @Override
    public Augmentation draw(String imageId, int variant) {
      Random random = random(seed, imageId, variant);
      List<AugmentationRange> chosen = new ArrayList<>();
      for (AugmentationRange kind : kinds) {
        if (random.nextDouble() < probability) {
          chosen.add(kind);
        }
      }
      if (chosen.isEmpty()) {
        chosen.add(kinds.get(random.nextInt(kinds.size())));
      }
      return Augmentation.of(chosen.stream().map(range -> range.draw(random)).toList());
    }
  }

  /** The number of variants besides the image itself. */
  int variants();

  /** All that decides the variants, and nothing else: equal texts stand for equal variants. */
  String text();

  /**
   * What is done to an image in one of its variants.
   *
   * @param imageId SHA-256 of the file's bytes, hexadecimal
   * @param variant 1 to {@link #variants()}
   */
  Augmentation draw(String imageId, int variant);

  private static Random random(long seed, String imageId, int variant) {
    byte[] hash = Sha256.of("%d\n%s\n%d".formatted(seed, imageId, variant));
    return new Random(ByteBuffer.wrap(hash).getLong());
  }

  private static boolean isDrawn(List<AugmentationRange> ranges) {
    return ranges.stream().anyMatch(range -> !range.kind().isFlip());
  }

  private static List<AugmentationRange> ordered(String key, List<AugmentationRange> ranges) {
    List<AugmentationKind> kinds = ranges.stream().map(AugmentationRange::kind).sorted().toList();
    if (kinds.isEmpty() || kinds.stream().distinct().count() < kinds.size()) {
      throw new IllegalArgumentException(
          "%s has %s, must have one or more kinds, each once".formatted(key, joined(kinds)));
    }
    return ranges.stream().sorted(Comparator.comparing(AugmentationRange::kind)).toList();
  }

  private static String joined(List<AugmentationKind> kinds) {
    return kinds.isEmpty()
        ? "an empty entry"
        : kinds.stream().map(AugmentationKind::toString).collect(Collectors.joining("+"));
  }

  private static void requireCount(int min, int count) {
    if (count < min || count > MAX_VARIANTS) {
      throw new IllegalArgumentException(
          "augment.variants asks for %d variants, must be %d to %d"
              .formatted(count, min, MAX_VARIANTS));
    }
  }
}
