package io.headgraft.image;

import java.nio.ByteOrder;
import java.util.Set;

/** Reads a BMP file's two headers. A fourth channel, of no agreed meaning, is not looked at. */
final class BmpReader {

  private static final int INFO = 14;
  private static final int OS2_INFO_BYTES = 12;
  private static final Set<Integer> INFO_BYTES = Set.of(OS2_INFO_BYTES, 40, 52, 56, 64, 108, 124);
  private static final int RGB = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  private final FileBytes bytes;
  private final ImageOptions options;
  private long pixels;

  BmpReader(byte[] file, ImageOptions options) {
    this.bytes = new FileBytes("BMP", file, ByteOrder.LITTLE_ENDIAN);
    this.options = options;
  }

  ImageHeader read() {
    // The signature is two letters that a text may begin with too.
    if (bytes.length() < INFO + 4 || !INFO_BYTES.contains(bytes.i32(INFO))) {
      throw new RejectedImageException(
          Rejection.NOT_AN_IMAGE, "the file begins with BM, but not like a BMP image");
    }
    if (bytes.i32(INFO) == OS2_INFO_BYTES) {
      pixels(bytes.u16(INFO + 4), bytes.u16(INFO + 6), bytes.u16(INFO + 10), RGB);
    } else {
      // A negative height means that the rows are stored top down.
      long height = Math.abs((long) bytes.i32(INFO + 8));
      pixels(bytes.i32(INFO + 4), height, bytes.u16(INFO + 14), bytes.i32(INFO + 16));
    }
    return ImageHeader.opaque(/* orientation= */ 1, pixels);
  }

  private void pixels(long width, long height, int depth, int compression) {
    pixels = options.checkPixels(bytes.format(), width, height);
    switch (compression) {
      case RGB, BIT_FIELDS -> {
        long rowBytes = (width * depth + 31) / 32 * 4;
        bytes.require(bytes.u32(10), rowBytes * height);
      }
      // How long compressed data are is known to the header alone.
      case RLE8, RLE4 -> bytes.require(bytes.u32(10), bytes.u32(INFO + 20));
      default -> throw bytes.unsupported("with compression " + compression + " is not read");
    }
  }
}
