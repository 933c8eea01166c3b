package io.headgraft;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers.DoubleDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * JSON as all of Headgraft's files and output have it: kebab-case names, null for NaN, absent for
 * null.
 */
public final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .addModule(finiteNumbers())
          .build();

  private Json() {}

  /** One line, without a line break at its end. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("No JSON can be made of " + value.getClass(), e);
    }
  }

  /** Indented, for files that people read, in UTF-8. */
  public static byte[] pretty(Object value) {
    try {
      String text =
          MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("No JSON can be made of " + value.getClass(), e);
    }
  }

  /**
   * Reads a value.
   *
   * @param name what to call the file in messages
   * @throws HeadgraftException if it is not the JSON that is wanted
   */
  public static <T> T read(byte[] json, Class<T> type, String name) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw HeadgraftException.unusable(
          "%s cannot be read: %s".formatted(name, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SimpleModule finiteNumbers() {
    JsonSerializer<Double> number =
        new JsonSerializer<>() {
          @Override
          public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            write(value, json);
          }
        };
    JsonSerializer<double[]> numbers =
        new JsonSerializer<>() {
          @Override
          public void serialize(double[] values, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            json.writeStartArray(values, values.length);
            for (double value : values) {
              write(value, json);
            }
            json.writeEndArray();
          }
        };
    return new SimpleModule()
        .addSerializer(Double.class, number)
        .addSerializer(double.class, number)
        .addSerializer(double[].class, numbers)
        .addDeserializer(double.class, new DoubleDeserializer(double.class, Double.NaN));
  }

  private static void write(double value, JsonGenerator json) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }
}
