package io.headgraft.image;

import java.nio.ByteOrder;

/** Walks a GIF file from block to block (GIF89a specification). */
final class GifReader {

  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int COLOUR_TABLE = 0x80;

  private final FileBytes bytes;
  private final ImageOptions options;
  private boolean frame;
  private long pixels;

  GifReader(byte[] file, ImageOptions options) {
    this.bytes = new FileBytes("GIF", file, ByteOrder.LITTLE_ENDIAN);
    this.options = options;
  }

  ImageHeader read() {
    options.checkPixels(bytes.format(), bytes.u16(6), bytes.u16(8));
    int position = 13 + colourTable(bytes.u8(10));
    // Some writers forget the trailer: what matters is that a frame is complete.
    while (!(frame && position >= bytes.length()) && bytes.u8(position) != TRAILER) {
      position =
          switch (bytes.u8(position)) {
            case EXTENSION -> subBlocks(position + 2);
            case IMAGE -> image(position);
            default -> throw bytes.corrupt("no block begins at byte " + position);
          };
    }
    if (!frame) {
      throw bytes.corrupt("no picture data");
    }
    // The JDK's decoder knows which pixels are transparent.
    return new ImageHeader(
        ImageHeader.Codec.JDK,
        new ImageHeader.Transparency.Straight(),
        /* orientation= */ 1,
        pixels);
  }

  private int image(int position) {
    if (frame) {
      throw new RejectedImageException(Rejection.ANIMATED, "GIF of more than one frame");
    }
    pixels = options.checkPixels(bytes.format(), bytes.u16(position + 5), bytes.u16(position + 7));
    int flags = bytes.u8(position + 9);
    int end = subBlocks(position + 10 + colourTable(flags) + 1);
    frame = true;
    return end;
  }

  private static int colourTable(int flags) {
    return (flags & COLOUR_TABLE) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /**
   * @return the position behind the empty block that ends the row
   */
  private int subBlocks(int start) {
    int position = start;
    while (bytes.u8(position) != 0) {
      position += 1 + bytes.u8(position);
    }
    return position + 1;
  }
}
