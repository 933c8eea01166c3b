package io.headgraft.coreml;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import io.headgraft.Sha256;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A model as text, a field a line in the order of the fields' numbers; of weights only their
 * number, extremes and digest. The form is that of {@code reference/updatable-classifier.txt}.
 */
final class ModelText {

  private final List<String> lines = new ArrayList<>();

  private ModelText() {}

  static List<String> lines(Message message) {
    ModelText text = new ModelText();
    text.fields(message, "");
    return text.lines;
  }

  private void fields(Message message, String indent) {
    message.getAllFields().forEach((field, value) -> field(field, value, indent));
  }

  private void field(FieldDescriptor field, Object value, String indent) {
    String start = indent + field.getName();
    if (field.isMapField()) {
      list(value).stream()
          .map(entry -> (MapEntry<?, ?>) entry)
          .map(entry -> "%s { \"%s\": \"%s\" }".formatted(start, entry.getKey(), entry.getValue()))
          .sorted()
          .forEach(lines::add);
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      List<?> messages = field.isRepeated() ? list(value) : List.of(value);
      messages.forEach(message -> message(start, (Message) message, indent));
    } else if (field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.FLOAT) {
      lines.add(start + ": " + weights(list(value).stream().map(each -> (Float) each).toList()));
    } else if (field.isRepeated()) {
      lines.add(
          list(value).stream()
              .map(ModelText::scalar)
              .collect(Collectors.joining(", ", start + ": [", "]")));
    } else {
      lines.add(start + ": " + scalar(value));
    }
  }

  private void message(String start, Message message, String indent) {
    if (message.getAllFields().isEmpty()) {
      lines.add(start + " {}");
    } else {
      lines.add(start + " {");
      fields(message, indent + "  ");
      lines.add(indent + "}");
    }
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private static String scalar(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      return "%s (%d)".formatted(constant.getName(), constant.getNumber());
    }
    return value instanceof String text ? '"' + text + '"' : String.valueOf(value);
  }

  private static String weights(List<Float> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putFloat);
    return "<%d values, sha256 %s, min %s max %s>"
        .formatted(
            values.size(),
            Sha256.hex(bytes.array()).substring(0, 16),
            nineDigits(Collections.min(values)),
            nineDigits(Collections.max(values)));
  }

  private static String nineDigits(float value) {
    return new BigDecimal(value).round(new MathContext(9)).stripTrailingZeros().toPlainString();
  }
}
