package io.headgraft.coreml;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Estimates what a protocol-buffers message takes in memory before it is parsed. Two bytes of a
 * file can be an object of a hundred, so that a small hostile file would fill the heap; models that
 * tools write hold numbers, which take about what they take in the file.
 */
public final class WireBudget {

  /** What a message may take above twice its file: layers and names of a large model are 1 MiB. */
  private static final long ALLOWANCE = 256L << 20;

  /** An object's header and the fields that all messages have. */
  private static final long MESSAGE = 56;

  /** A field whose number is not known is kept with boxes and lists of its own. */
  private static final long UNKNOWN_FIELD = 160;

  private static final long TEXT = 56;

  private static final long REFERENCE = 8;

  /** A list's array is up to half as large again as what is in it. */
  private static final long LIST_ELEMENT = 12;

  private static final int MAX_DEPTH = 100;

  private final CodedInputStream in;
  private final long most;
  private final Map<Descriptor, Long> sizes = new HashMap<>();
  private long bytes;

  private WireBudget(byte[] file) {
    this.in = CodedInputStream.newInstance(file);
    this.most = 2L * file.length + ALLOWANCE;
  }

  /**
   * Refuses a file that would take more than twice its length and 256 MiB once it is parsed. What
   * is no message at all is left to the parser to refuse.
   *
   * @param type of the message
   * @param name what to call the file
   * @throws HeadgraftException if it would take more
   */
  public static void check(byte[] file, Descriptor type, String name) {
    WireBudget budget = new WireBudget(file);
    try {
      budget.message(type, 0);
    } catch (IOException e) {
      // Not well formed: the parser stops there as well, and says so.
    }
    if (budget.spent()) {
      throw HeadgraftException.unusable(
          "%s would take more than %d MiB of memory although it has %d bytes: no tool writes such a file"
              .formatted(name, budget.most >> 20, file.length));
    }
  }

  private boolean spent() {
    return bytes > most;
  }

  private void message(Descriptor type, int depth) throws IOException {
    bytes += sizes.computeIfAbsent(type, WireBudget::size);
    while (!in.isAtEnd() && !spent() && depth < MAX_DEPTH) {
      int tag = in.readTag();
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        known(tag, field, depth);
      } else if (field != null) {
        scalars(tag, field);
      } else {
        bytes += UNKNOWN_FIELD;
        skip(tag, UNKNOWN_FIELD);
      }
    }
  }

  private static long size(Descriptor type) {
    return MESSAGE + REFERENCE * type.getFields().size();
  }

  private void known(int tag, FieldDescriptor field, int depth) throws IOException {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      skip(tag, UNKNOWN_FIELD);
      return;
    }
    bytes += LIST_ELEMENT;
    int outer = in.pushLimit(in.readRawVarint32());
    message(field.getMessageType(), depth + 1);
    in.skipRawBytes(in.getBytesUntilLimit());
    in.popLimit(outer);
  }

  private void scalars(int tag, FieldDescriptor field) throws IOException {
    boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    if (delimited && field.isPackable()) {
      packed(field);
    } else {
      skip(tag, LIST_ELEMENT);
    }
  }

  private void packed(FieldDescriptor field) throws IOException {
    int length = in.readRawVarint32();
    boolean fixed =
        field.getType() == FieldDescriptor.Type.FLOAT
            || field.getType() == FieldDescriptor.Type.DOUBLE;
    if (fixed) {
      bytes += length + (length >> 1);
      in.skipRawBytes(length);
      return;
    }
    int outer = in.pushLimit(length);
    while (!in.isAtEnd() && !spent()) {
      in.readRawVarint64();
      bytes += LIST_ELEMENT;
    }
    in.skipRawBytes(in.getBytesUntilLimit());
    in.popLimit(outer);
  }

  /** Passes over a field and counts it, what is in it included. */
  private void skip(int tag, long each) throws IOException {
    bytes += each;
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
        int length = in.readRawVarint32();
        bytes += TEXT + length;
        in.skipRawBytes(length);
      }
      case WireFormat.WIRETYPE_START_GROUP -> {
        int start = in.getTotalBytesRead();
        in.skipField(tag);
        // Each field of a group takes two bytes at the least.
        bytes += (in.getTotalBytesRead() - start) / 2 * UNKNOWN_FIELD;
      }
      default -> in.skipField(tag);
    }
  }
}
