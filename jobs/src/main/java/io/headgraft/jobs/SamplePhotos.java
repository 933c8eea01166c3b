package io.headgraft.jobs;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Draws the photos of the self-contained demo, so that it needs neither a download nor anybody's
 * pictures: fists, open palms and victory signs, 40 of each to train on and 20 of each to test on.
 *
 * <p>The same seed gives the same bytes on the same Java release. Nothing here needs a display or a
 * font, but the labels are emoji, so the process needs a locale whose file names can hold them.
 */
public final class SamplePhotos {
  private static final float JPEG_QUALITY = 0.9f;

  /** Raise it with every change of the drawing, so that older sets are drawn anew. */
  private static final int DRAWING_VERSION = 1;

  private SamplePhotos() {}

  /**
   * Writes {@code train/<label>/NN.jpg} (40 a label) and {@code test/<label>/NN.jpg} (20 a label),
   * numbered from 00, into a folder. A folder that already holds the whole set of this seed is kept
   * as it is; otherwise photos of the same names are replaced, and other files are left alone. The
   * file {@code .sample-photos} in the folder tells which set it holds.
   *
   * @param folder where the set goes; made where it is missing
   * @param seed any number; it alone decides what the photos show
   * @throws IOException if a file cannot be written, or the locale cannot spell the labels
   */
  public static void write(Path folder, long seed) throws IOException {
    Path marker = folder.resolve(".sample-photos");
    byte[] mark =
        "seed %d, drawing %d\n"
            .formatted(seed, DRAWING_VERSION)
            .getBytes(StandardCharsets.US_ASCII);
    List<Photo> photos = photos(folder);
    if (Files.isRegularFile(marker)
        && Arrays.equals(Files.readAllBytes(marker), mark)
        && photos.stream().allMatch(photo -> Files.isRegularFile(photo.file))) {
      return;
    }
    // Java2D would otherwise fail where DISPLAY names a screen that cannot be reached.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
    // The mark goes first and returns last, so an interrupted run never passes for a whole set.
    Files.deleteIfExists(marker);
    for (Photo photo : photos) {
      put(photo.file, jpeg(HandPainter.draw(photo.gesture, photo.generator(seed))));
    }
    put(marker, mark);
  }

  private static List<Photo> photos(Path folder) throws IOException {
    List<Photo> photos = new ArrayList<>();
    try {
      for (Split split : Split.values()) {
        for (HandPainter.Gesture gesture : HandPainter.Gesture.values()) {
          Path label = folder.resolve(split.folder).resolve(gesture.label());
          for (int number = 0; number < split.photos; number++) {
            Path file = label.resolve("%02d.jpg".formatted(number));
            photos.add(new Photo(file, split, gesture, number));
          }
        }
      }
    } catch (InvalidPathException e) {
      throw new IOException("File names cannot hold emoji in this locale; try LC_ALL=C.UTF-8", e);
    }
    return photos;
  }

  private static byte[] jpeg(BufferedImage picture) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Writes under a temporary name first, so that nobody ever sees half a file. */
  private static void put(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.write(temporary, content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private enum Split {
    TRAIN("train", 40),
    TEST("test", 20);

    private final String folder;
    private final int photos;

    Split(String folder, int photos) {
      this.folder = folder;
      this.photos = photos;
    }
  }

  private record Photo(Path file, Split split, HandPainter.Gesture gesture, int number) {
    /** Each photo has its own, so that it does not depend on which were drawn before it. */
    SplittableRandom generator(long seed) {
      long mixed = seed;
      for (int part : new int[] {split.folder.hashCode(), gesture.label().hashCode(), number}) {
        mixed = new SplittableRandom(31 * mixed + part).nextLong();
      }
      return new SplittableRandom(mixed);
    }
  }
}
