package io.headgraft.image;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Walks a JPEG file from marker to marker (ITU-T T.81, annex B). A file is complete if the walk
 * meets the end-of-image marker: in entropy-coded data it cannot occur by chance, and those of
 * embedded previews lie within segments that are stepped over. What follows it (gain maps,
 * Samsung's trailer) is not looked at.
 *
 * <p>JPEG has no checksums: damage within entropy-coded data that leaves the markers alone is not
 * seen.
 */
final class JpegReader {

  private static final int PROGRESSIVE = 0xc2;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP1 = 0xe1;

  /**
   * What libjpeg-turbo's own fuzzing allows; progressive files have about ten. Each scan goes over
   * the whole picture, however few bytes it has.
   */
  private static final int MAX_SCANS = 500;

  private static final String EXIF = "Exif\0\0";

  private final FileBytes bytes;
  private final ImageOptions options;
  private int orientation = 1;
  private boolean frame;
  private long pixels;
  private int shorterSide;
  private int scans;

  JpegReader(byte[] file, ImageOptions options) {
    this.bytes = new FileBytes("JPEG", file, ByteOrder.BIG_ENDIAN);
    this.options = options;
  }

  ImageHeader read() {
    int position = 2;
    while (true) {
      position = nextMarker(position);
      int marker = bytes.u8(position - 1);
      if (marker == EOI) {
        break;
      }
      if (!standsAlone(marker)) {
        position = segment(marker, position);
      }
    }
    if (scans == 0) {
      throw bytes.corrupt("no picture data");
    }
    return new ImageHeader(
        ImageHeader.Codec.OPENCV, ImageHeader.OPAQUE, orientation, pixels, shorterSide);
  }

  /**
   * Steps over entropy-coded data, fill bytes and, as libjpeg does, garbage between segments.
   *
   * @return the position behind the marker
   */
  private int nextMarker(int from) {
    byte[] file = bytes.array();
    int position = from;
    while (position + 1 < file.length) {
      int second = file[position + 1] & 0xff;
      if (file[position] == (byte) 0xff && second != 0 && second != 0xff) {
        return position + 2;
      }
      position++;
    }
    throw bytes.corrupt(
        "cut off, the file ends at byte %d without an end-of-image marker".formatted(file.length));
  }

  private static boolean standsAlone(int marker) {
    return marker == 0x01 || (marker >= 0xd0 && marker <= SOI);
  }

  private int segment(int marker, int start) {
    int length = bytes.u16(start);
    if (length < 2) {
      throw bytes.corrupt("segment of %d bytes at byte %d".formatted(length, start));
    }
    bytes.require(start, length);
    if (isFrame(marker)) {
      frame(marker, start);
    } else if (marker == SOS) {
      scan();
    } else if (marker == APP1 && isExif(start, length)) {
      int exif = start + 2 + EXIF.length();
      orientation = Ifd.orientation(Arrays.copyOfRange(bytes.array(), exif, start + length));
    }
    return start + length;
  }

  private void scan() {
    if (frame && ++scans > MAX_SCANS) {
      throw bytes.unsupported("of more than %d scans is not read".formatted(MAX_SCANS));
    }
  }

  private boolean isExif(int start, int length) {
    return length >= 2 + EXIF.length() && bytes.has(start + 2, EXIF);
  }

  /** SOF0 to SOF15, less the three codes in between that mean something else (DHT, JPG, DAC). */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private void frame(int marker, int start) {
    int width = bytes.u16(start + 5);
    int height = bytes.u16(start + 3);
    pixels = options.checkPixels(bytes.format(), width, height);
    shorterSide = Math.min(width, height);
    if (marker == PROGRESSIVE) {
      pixels *= 2;
    }
    if (marker > PROGRESSIVE) {
      throw bytes.unsupported(
          "of type SOF%d is not read, only baseline, extended and progressive are"
              .formatted(marker - 0xc0));
    }
    int precision = bytes.u8(start + 2);
    if (precision != 8) {
      throw bytes.unsupported("of %d bits a sample is not read, only of 8".formatted(precision));
    }
    frame = true;
  }
}
