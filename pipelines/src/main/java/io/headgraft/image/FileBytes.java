package io.headgraft.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A file's bytes, read at any position; reading past the end means that the file is cut off. */
final class FileBytes {

  private final String format;
  private final byte[] bytes;
  private final ByteBuffer buffer;

  FileBytes(String format, byte[] bytes, ByteOrder order) {
    this.format = format;
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes).order(order);
  }

  int length() {
    return bytes.length;
  }

  byte[] array() {
    return bytes;
  }

  String format() {
    return format;
  }

  int u8(long position) {
    require(position, 1);
    return bytes[(int) position] & 0xff;
  }

  int u16(long position) {
    require(position, Short.BYTES);
    return Short.toUnsignedInt(buffer.getShort((int) position));
  }

  int i32(long position) {
    require(position, Integer.BYTES);
    return buffer.getInt((int) position);
  }

  long u32(long position) {
    return Integer.toUnsignedLong(i32(position));
  }

  /** Whether this ASCII text stands there; false past the end. */
  boolean has(long position, String text) {
    byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
    return position <= bytes.length - expected.length
        && Arrays.equals(
            expected, 0, expected.length, bytes, (int) position, (int) position + expected.length);
  }

  /**
   * @throws RejectedImageException if the file ends before these bytes do
   */
  void require(long position, long count) {
    if (position + count > bytes.length) {
      throw new RejectedImageException(
          Rejection.CORRUPT,
          "%s: cut off, the file ends at byte %d of at least %d"
              .formatted(format, bytes.length, position + count));
    }
  }

  RejectedImageException corrupt(String what) {
    return new RejectedImageException(Rejection.CORRUPT, format + ": " + what);
  }

  RejectedImageException unsupported(String what) {
    return new RejectedImageException(Rejection.UNSUPPORTED_FORMAT, format + " " + what);
  }
}
