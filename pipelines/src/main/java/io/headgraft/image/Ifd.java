package io.headgraft.image;

import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The first image file directory of a TIFF file or of an EXIF block, which is laid out as one. Only
 * whole numbers are kept, since no other tag matters here.
 */
final class Ifd {

  private static final int ORIENTATION = 274;
  private static final int ENTRY_BYTES = 12;

  private final FileBytes bytes;
  private final Map<Integer, Long> entries = new HashMap<>();

  private Ifd(FileBytes bytes) {
    this.bytes = bytes;
    long start = bytes.u32(4);
    int count = bytes.u16(start);
    bytes.require(start + 2, (long) count * ENTRY_BYTES);
    for (int i = 0; i < count; i++) {
      long entry = start + 2 + (long) i * ENTRY_BYTES;
      entries.putIfAbsent(bytes.u16(entry), entry);
    }
  }

  /**
   * @throws RejectedImageException if the directory is cut off
   */
  static Ifd of(String format, byte[] tiff) {
    boolean little = tiff.length > 0 && tiff[0] == 'I';
    return new Ifd(
        new FileBytes(format, tiff, little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
  }

  /**
   * The orientation that an EXIF block asks for. A damaged block asks for none: the picture beside
   * it may be whole.
   *
   * @return 1 to 8
   */
  static int orientation(byte[] exif) {
    try {
      return (int)
          of("EXIF", exif).first(ORIENTATION).filter(o -> o >= 1 && o <= 8).orElse(1L).longValue();
    } catch (RejectedImageException e) {
      return 1;
    }
  }

  FileBytes bytes() {
    return bytes;
  }

  Optional<Long> first(int tag) {
    return count(tag) == 0 ? Optional.empty() : Optional.of(value(tag, 0));
  }

  /** How many numbers a tag has; 0 where it is missing or holds something else. */
  long count(int tag) {
    Long entry = entries.get(tag);
    return entry == null || width(entry) == 0 ? 0 : bytes.u32(entry + 4);
  }

  /** One of a tag's numbers. */
  long value(int tag, long index) {
    long entry = entries.get(tag);
    int width = width(entry);
    boolean inEntry = count(tag) * width <= Integer.BYTES;
    long position = (inEntry ? entry + 8 : bytes.u32(entry + 8)) + index * width;
    return switch (width) {
      case 1 -> bytes.u8(position);
      case 2 -> bytes.u16(position);
      default -> bytes.u32(position);
    };
  }

  /** Bytes of a number of the entry's type; 0 for types that are no whole numbers. */
  private int width(long entry) {
    return switch (bytes.u16(entry + 2)) {
      case 1 -> 1;
      case 3 -> 2;
      case 4 -> 4;
      default -> 0;
    };
  }
}
