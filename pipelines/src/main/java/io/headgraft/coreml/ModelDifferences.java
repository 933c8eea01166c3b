package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.headgraft.Sha256;
import io.headgraft.coreml.proto.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What two models differ in, field by field. What has a name (layers, inputs, outputs) is held
 * against what has the same one, wherever it stands; all else against what stands in the same
 * place.
 */
public final class ModelDifferences {

  private static final String ABSENT = "absent";

  /** Texts and lists of numbers are shown up to here. */
  private static final int SHOWN = 120;

  private static final int SHOWN_NUMBERS = 16;

  private final List<Difference> differences = new ArrayList<>();

  /**
   * A field that differs.
   *
   * @param field by the names of the format, from the model down to it
   * @param first its value in the first model
   * @param second its value in the second model
   */
  public record Difference(String field, String first, String second) {}

  private ModelDifferences() {}

  /** All fields that differ, in the order of the format; none if the models are equal. */
  public static List<Difference> between(Model first, Model second) {
    ModelDifferences all = new ModelDifferences();
    all.compare("", first, second);
    return List.copyOf(all.differences);
  }

  private void compare(String path, Message first, Message second) {
    if (first.equals(second)) {
      return;
    }
    for (FieldDescriptor field : first.getDescriptorForType().getFields()) {
      String name = path.isEmpty() ? field.getName() : path + "." + field.getName();
      if (!field.isRepeated()) {
        compareSingle(name, field, first, second);
      } else if (isMessage(field)) {
        compareMessages(name, field, messages(first, field), messages(second, field));
      } else {
        compareScalars(name, values(first, field), values(second, field));
      }
    }
    if (!first.getUnknownFields().equals(second.getUnknownFields())) {
      add(
          (path.isEmpty() ? "model" : path) + " (fields not known here)",
          first.getUnknownFields().getSerializedSize() + " bytes",
          second.getUnknownFields().getSerializedSize() + " bytes");
    }
  }

  private void compareSingle(String name, FieldDescriptor field, Message first, Message second) {
    if (!isMessage(field)) {
      if (!first.getField(field).equals(second.getField(field))
          || (field.hasPresence() && first.hasField(field) != second.hasField(field))) {
        add(name, single(first, field), single(second, field));
      }
    } else if (first.hasField(field) && second.hasField(field)) {
      compare(name, (Message) first.getField(field), (Message) second.getField(field));
    } else if (first.hasField(field) || second.hasField(field)) {
      add(name, single(first, field), single(second, field));
    }
  }

  private static String single(Message message, FieldDescriptor field) {
    if (field.hasPresence() && !message.hasField(field)) {
      return ABSENT;
    }
    return isMessage(field)
        ? described((Message) message.getField(field))
        : text(message.getField(field));
  }

  private void compareMessages(
      String name, FieldDescriptor field, List<Message> first, List<Message> second) {
    String key = key(field);
    if (key == null || !unique(first, key) || !unique(second, key)) {
      for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
        compareEntries("%s[%d]".formatted(name, i), get(first, i), get(second, i));
      }
      return;
    }
    Map<String, Message> left = byKey(first, key);
    Map<String, Message> right = byKey(second, key);
    Set<String> keys = new LinkedHashSet<>(left.keySet());
    keys.addAll(right.keySet());
    keys.forEach(
        each -> compareEntries("%s[%s]".formatted(name, each), left.get(each), right.get(each)));
    compareOrder(name, left, right);
  }

  private void compareOrder(String name, Map<String, Message> left, Map<String, Message> right) {
    List<String> first = new ArrayList<>(left.keySet());
    List<String> second = new ArrayList<>(right.keySet());
    first.retainAll(right.keySet());
    second.retainAll(left.keySet());
    if (!first.equals(second)) {
      add(name + " (order)", text(first), text(second));
    }
  }

  private void compareEntries(String name, Message first, Message second) {
    if (first != null && second != null) {
      compare(name, first, second);
    } else {
      add(
          name,
          first == null ? ABSENT : described(first),
          second == null ? ABSENT : described(second));
    }
  }

  private void compareScalars(String name, List<?> first, List<?> second) {
    if (first.equals(second)) {
      return;
    }
    boolean many = first.size() > SHOWN_NUMBERS && first.size() == second.size();
    if (many && first.get(0) instanceof Number) {
      double largest = 0;
      for (int i = 0; i < first.size(); i++) {
        double difference =
            Math.abs(
                ((Number) first.get(i)).doubleValue() - ((Number) second.get(i)).doubleValue());
        largest = Double.isNaN(difference) ? difference : Math.max(largest, difference);
      }
      String values = first.size() + " values";
      add(name, values, "%s that differ by up to %.6g".formatted(values, largest));
    } else {
      add(name, text(first), text(second));
    }
  }

  private void add(String field, String first, String second) {
    differences.add(new Difference(field, first, second));
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  /** The field that names the messages of a list, if there is one. */
  private static String key(FieldDescriptor list) {
    String key = list.isMapField() ? "key" : "name";
    return list.getMessageType().findFieldByName(key) == null ? null : key;
  }

  private static boolean unique(List<Message> messages, String key) {
    return byKey(messages, key).size() == messages.size();
  }

  private static Map<String, Message> byKey(List<Message> messages, String key) {
    return messages.stream()
        .collect(
            Collectors.toMap(
                message -> name(message, key),
                Function.identity(),
                (one, other) -> one,
                LinkedHashMap::new));
  }

  private static String name(Message message, String key) {
    return text(message.getField(message.getDescriptorForType().findFieldByName(key)));
  }

  private static Message get(List<Message> messages, int i) {
    return i < messages.size() ? messages.get(i) : null;
  }

  private static List<Message> messages(Message message, FieldDescriptor field) {
    return values(message, field).stream().map(Message.class::cast).toList();
  }

  private static List<?> values(Message message, FieldDescriptor field) {
    return (List<?>) message.getField(field);
  }

  /** A whole message in a few words: what is set in it. */
  private static String described(Message message) {
    String fields =
        message.getAllFields().entrySet().stream()
            .map(
                field ->
                    isMessage(field.getKey()) || field.getKey().isRepeated()
                        ? field.getKey().getName()
                        : field.getKey().getName() + " " + text(field.getValue()))
            .collect(Collectors.joining(", "));
    return fields.isEmpty() ? "present" : shortened(fields);
  }

  private static String text(Object value) {
    if (value instanceof ByteString bytes) {
      return "%d bytes, SHA-256 %s"
          .formatted(bytes.size(), Sha256.hex(bytes.toByteArray()).substring(0, 16));
    }
    if (value instanceof List<?> list
        && list.size() > SHOWN_NUMBERS
        && list.get(0) instanceof Number) {
      return list.size() + " values";
    }
    return shortened(
        value instanceof EnumValueDescriptor named ? named.getName() : String.valueOf(value));
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
