package io.headgraft.image;

import java.util.Set;

/**
 * Reads a TIFF file's first directory (TIFF 6.0): the first page is the picture. Most cameras' RAW
 * files are TIFF too, with a thumbnail on the first page; they are refused rather than mistaken for
 * it.
 */
final class TiffReader {

  private static final int NEW_SUBFILE_TYPE = 254;
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int COMPRESSION = 259;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int STRIP_BYTES = 279;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTES = 325;
  private static final int EXTRA_SAMPLES = 338;
  private static final int SAMPLE_FORMAT = 339;
  private static final int DNG_VERSION = 50706;

  private static final int REDUCED_RESOLUTION = 1;
  private static final long UNSIGNED = 1;
  private static final long RGB_ALPHA = 4;

  /** None, the three of fax, LZW, deflate under its two numbers, PackBits. */
  private static final Set<Long> COMPRESSIONS = Set.of(1L, 2L, 3L, 4L, 5L, 8L, 32946L, 32773L);

  private final Ifd ifd;
  private final FileBytes bytes;
  private final ImageOptions options;

  TiffReader(byte[] file, ImageOptions options) {
    this.ifd = Ifd.of("TIFF", file);
    this.bytes = ifd.bytes();
    this.options = options;
  }

  ImageHeader read() {
    long pixels = options.checkPixels(bytes.format(), number(WIDTH), number(HEIGHT));
    checkTiles();
    checkFlavour();
    checkComplete(STRIP_OFFSETS, STRIP_BYTES);
    checkComplete(TILE_OFFSETS, TILE_BYTES);
    // OpenCV turns a TIFF picture upright whether it is asked to or not, and hands out its colours
    // multiplied with alpha however they are stored.
    return new ImageHeader(
        ImageHeader.Codec.OPENCV,
        hasAlpha() ? new ImageHeader.Transparency.Premultiplied() : ImageHeader.OPAQUE,
        /* orientation= */ 1,
        pixels);
  }

  /** A tile is decoded whole, however little of it lies in the picture. */
  private void checkTiles() {
    if (ifd.count(TILE_WIDTH) > 0 || ifd.count(TILE_HEIGHT) > 0) {
      options.checkPixels(bytes.format(), number(TILE_WIDTH), number(TILE_HEIGHT));
    }
  }

  private long number(int tag) {
    return ifd.first(tag).orElseThrow(() -> bytes.corrupt("tag %d is missing".formatted(tag)));
  }

  private void checkFlavour() {
    boolean reduced = (ifd.first(NEW_SUBFILE_TYPE).orElse(0L) & REDUCED_RESOLUTION) != 0;
    if (reduced || ifd.count(DNG_VERSION) > 0) {
      throw bytes.unsupported("of a camera (RAW) is not read");
    }
    long compression = ifd.first(COMPRESSION).orElse(1L);
    if (!COMPRESSIONS.contains(compression)) {
      throw bytes.unsupported("with compression " + compression + " is not read");
    }
    long depth = ifd.first(BITS_PER_SAMPLE).orElse(1L);
    boolean whole = ifd.first(SAMPLE_FORMAT).orElse(UNSIGNED) == UNSIGNED;
    if (!whole || depth > 16) {
      throw bytes.unsupported("of other than up to 16 whole bits a sample is not read");
    }
    // OpenCV ignores alpha beside grey, and treats its colours differently beside 16 bits.
    if (hasAlpha() && (depth != 8 || ifd.first(SAMPLES_PER_PIXEL).orElse(1L) != RGB_ALPHA)) {
      throw bytes.unsupported("with alpha is read only with RGB of 8 bits a sample");
    }
  }

  private boolean hasAlpha() {
    return ifd.count(EXTRA_SAMPLES) > 0;
  }

  private void checkComplete(int offsets, int lengths) {
    long parts = Math.min(ifd.count(offsets), ifd.count(lengths));
    for (long i = 0; i < parts; i++) {
      bytes.require(ifd.value(offsets, i), ifd.value(lengths, i));
    }
  }
}
