package io.headgraft.testing;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Arrays;
import java.util.List;

/**
 * Changes fields of a message as a fuzzer says. The result is well formed, so that it comes further
 * into a reader than changed bytes do.
 */
public final class MessageMutator {

  private static final int MOST_CHANGES = 8;
  private static final long[] NUMBERS = {
    0, 1, 2, 3, -1, 255, 256, 65_536, Integer.MAX_VALUE, 1L << 31, 1L << 62, Long.MIN_VALUE
  };

  /** Of layers and blobs of the models that are changed, too. */
  private static final String[] NAMES = {
    "", "image", "conv", "relu", "pool", "flatten", "dense", "prob", "label", "x", "y", "data"
  };

  private static final double[] REALS = {
    0, -0.0, 1, -1, 1e-45, 3e38, Double.NaN, 1 / 0.0, -1 / 0.0
  };

  private final FuzzedDataProvider fuzzer;

  private MessageMutator(FuzzedDataProvider fuzzer) {
    this.fuzzer = fuzzer;
  }

  /**
   * A file: any bytes; or one of the messages with some of its fields changed, and now and then
   * some of its bytes behind that.
   */
  public static byte[] file(List<? extends Message> messages, FuzzedDataProvider fuzzer) {
    if (!fuzzer.consumeBoolean()) {
      return fuzzer.consumeRemainingAsBytes();
    }
    byte[] file = mutated(messages.get(fuzzer.consumeInt(0, messages.size() - 1)), fuzzer);
    return fuzzer.consumeInt(0, 3) == 0 ? damaged(file, fuzzer) : file;
  }

  private static byte[] damaged(byte[] file, FuzzedDataProvider fuzzer) {
    byte[] damaged = Arrays.copyOf(file, fuzzer.consumeInt(0, file.length));
    int changes = damaged.length == 0 ? 0 : fuzzer.consumeInt(0, MOST_CHANGES);
    for (int i = 0; i < changes; i++) {
      damaged[fuzzer.consumeInt(0, damaged.length - 1)] = fuzzer.consumeByte();
    }
    return damaged;
  }

  /** A copy of a message with some of its fields changed. */
  private static byte[] mutated(Message message, FuzzedDataProvider fuzzer) {
    MessageMutator mutator = new MessageMutator(fuzzer);
    Message.Builder builder = message.toBuilder();
    int changes = fuzzer.consumeInt(0, MOST_CHANGES);
    for (int i = 0; i < changes; i++) {
      mutator.change(builder);
    }
    return builder.build().toByteArray();
  }

  private void change(Message.Builder message) {
    List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
    if (fields.isEmpty()) {
      return;
    }
    // Mostly what is there already: an empty field has nothing below it to be wrong.
    List<FieldDescriptor> set = List.copyOf(message.getAllFields().keySet());
    FieldDescriptor field =
        fuzzer.pickValue(set.isEmpty() || fuzzer.consumeInt(0, 3) == 0 ? fields : set);
    if (field.isMapField()) {
      message.clearField(field);
    } else if (field.isRepeated()) {
      list(message, field);
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      single(message, field);
    } else {
      message.setField(field, scalar(field));
    }
  }

  private void single(Message.Builder message, FieldDescriptor field) {
    if (fuzzer.consumeInt(0, 7) == 0) {
      message.clearField(field);
    } else {
      change(message.getFieldBuilder(field));
    }
  }

  private void list(Message.Builder message, FieldDescriptor field) {
    int count = message.getRepeatedFieldCount(field);
    boolean messages = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    int at = count == 0 ? 0 : fuzzer.consumeInt(0, count - 1);
    switch (fuzzer.consumeInt(0, 7)) {
      case 0 -> message.clearField(field);
      case 1 ->
          message.addRepeatedField(
              field, messages ? message.newBuilderForField(field).build() : scalar(field));
      case 2 -> {
        if (count > 0) {
          message.addRepeatedField(field, message.getRepeatedField(field, at));
        }
      }
      default -> {
        if (count > 0 && messages) {
          change(message.getRepeatedFieldBuilder(field, at));
        } else if (count > 0) {
          message.setRepeatedField(field, at, scalar(field));
        }
      }
    }
  }

  private Object scalar(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> (float) real();
      case DOUBLE -> real();
      case BOOLEAN -> fuzzer.consumeBoolean();
      case STRING -> text();
      case BYTE_STRING -> ByteString.copyFrom(fuzzer.consumeBytes(64));
      case ENUM -> fuzzer.pickValue(field.getEnumType().getValues());
      case MESSAGE -> throw new IllegalArgumentException(field + " is no scalar");
    };
  }

  private long number() {
    return fuzzer.consumeBoolean() ? fuzzer.pickValue(NUMBERS) : fuzzer.consumeLong(0, 1000);
  }

  private double real() {
    return fuzzer.consumeBoolean() ? fuzzer.pickValue(REALS) : fuzzer.consumeRegularDouble(-10, 10);
  }

  private String text() {
    return fuzzer.consumeBoolean() ? fuzzer.pickValue(NAMES) : fuzzer.consumeString(8);
  }
}
