package io.headgraft.image;

import java.nio.ByteOrder;
import java.util.Arrays;

/** Walks a WebP file from chunk to chunk (RFC 9649). */
final class WebpReader {

  private static final int FIRST_CHUNK = 12;
  private static final int ALPHA = 0x10;

  private final FileBytes bytes;
  private final ImageOptions options;
  private boolean alpha;
  private long pixels;
  private int orientation = 1;
  private int frames;

  WebpReader(byte[] file, ImageOptions options) {
    this.bytes = new FileBytes("WebP", file, ByteOrder.LITTLE_ENDIAN);
    this.options = options;
  }

  ImageHeader read() {
    dimensions();
    long end = 8 + bytes.u32(4);
    bytes.require(0, end);
    long position = FIRST_CHUNK;
    while (position + 8 <= end) {
      long length = bytes.u32(position + 4);
      bytes.require(position + 8, length);
      chunk((int) position, (int) length);
      // Chunks begin at even positions.
      position += 8 + length + (length & 1);
    }
    return new ImageHeader(
        ImageHeader.Codec.OPENCV,
        alpha ? new ImageHeader.Transparency.Straight() : ImageHeader.OPAQUE,
        orientation,
        pixels);
  }

  /** Of the three layouts' first chunk: extended, lossless, lossy. */
  private void dimensions() {
    int data = FIRST_CHUNK + 8;
    if (bytes.has(FIRST_CHUNK, "VP8X")) {
      int flags = bytes.u8(data);
      alpha = (flags & ALPHA) != 0;
      check((bytes.i32(data + 4) & 0xffffff) + 1, (bytes.i32(data + 6) >>> 8) + 1);
    } else if (bytes.has(FIRST_CHUNK, "VP8L")) {
      int packed = bytes.i32(data + 1);
      alpha = (packed >>> 28 & 1) != 0;
      check((packed & 0x3fff) + 1, (packed >>> 14 & 0x3fff) + 1);
    } else if (bytes.has(FIRST_CHUNK, "VP8 ")) {
      check(bytes.u16(data + 6) & 0x3fff, bytes.u16(data + 8) & 0x3fff);
    } else {
      bytes.require(FIRST_CHUNK, 4);
      throw bytes.corrupt("the first chunk is none of VP8, VP8L, VP8X");
    }
  }

  private void check(int width, int height) {
    pixels = options.checkPixels(bytes.format(), width, height);
  }

  private void chunk(int position, int length) {
    if (bytes.has(position, "ANMF") && ++frames > 1) {
      throw new RejectedImageException(Rejection.ANIMATED, "WebP of more than one frame");
    } else if (bytes.has(position, "EXIF")) {
      int data = position + 8;
      orientation = Ifd.orientation(Arrays.copyOfRange(bytes.array(), data, data + length));
    }
  }
}
