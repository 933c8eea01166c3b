package io.headgraft.image;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Walks a PNG file from chunk to chunk (W3C, PNG third edition) and checks their checksums. */
final class PngReader {

  private static final int SIGNATURE_BYTES = 8;
  private static final int GREY = 0;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  private final FileBytes bytes;
  private final ImageOptions options;
  private int depth;
  private int colour;
  private long pixels;
  private int orientation = 1;
  private ImageHeader.Transparency transparency = ImageHeader.OPAQUE;

  PngReader(byte[] file, ImageOptions options) {
    this.bytes = new FileBytes("PNG", file, ByteOrder.BIG_ENDIAN);
    this.options = options;
  }

  ImageHeader read() {
    header();
    int position = SIGNATURE_BYTES;
    while (true) {
      long length = bytes.u32(position);
      bytes.require(position, 12 + length);
      checkSum(position, (int) length);
      if (bytes.has(position + 4, "IEND")) {
        return new ImageHeader(ImageHeader.Codec.OPENCV, transparency, orientation, pixels);
      }
      chunk(position + 4, (int) length);
      position += 12 + (int) length;
    }
  }

  private void header() {
    if (!bytes.has(SIGNATURE_BYTES + 4, "IHDR")) {
      bytes.require(SIGNATURE_BYTES, 8);
      throw bytes.corrupt("the first chunk is not IHDR");
    }
    pixels = options.checkPixels(bytes.format(), bytes.u32(16), bytes.u32(20));
    depth = bytes.u8(24);
    colour = bytes.u8(25);
    if (colour == GREY_ALPHA || colour == RGB_ALPHA) {
      transparency = new ImageHeader.Transparency.Straight();
    }
  }

  private void checkSum(int position, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes.array(), position + 4, 4 + length);
    if (sum.getValue() != bytes.u32(position + 8L + length)) {
      throw bytes.corrupt("wrong checksum in the chunk at byte " + position);
    }
  }

  private void chunk(int type, int length) {
    int data = type + 4;
    if (bytes.has(type, "acTL") && bytes.u32(data) > 1) {
      throw new RejectedImageException(
          Rejection.ANIMATED, "PNG of %d frames".formatted(bytes.u32(data)));
    } else if (bytes.has(type, "eXIf")) {
      orientation = Ifd.orientation(Arrays.copyOfRange(bytes.array(), data, data + length));
    } else if (bytes.has(type, "tRNS")) {
      transparency =
          colour == GREY
              ? new ImageHeader.Transparency.GreyLevel(greyLevel(bytes.u16(data)))
              : new ImageHeader.Transparency.Straight();
    }
  }

  /** Less than eight bits a sample are spread to eight by the decoder. */
  private int greyLevel(int stored) {
    return depth < 8 ? stored * 255 / ((1 << depth) - 1) : stored;
  }
}
