package io.headgraft.coreml;

import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Range;
import io.headgraft.coreml.proto.Int64Set;
import java.util.List;

/**
 * A whole hyper-parameter of on-device training, and what an app may set it to.
 *
 * @param defaultValue one of the allowed values
 */
public record WholeHyperparameter(long defaultValue, Allowed allowed) {

  /** The allowed values. */
  public sealed interface Allowed {

    /** Whether a value is one of them. */
    boolean contains(long value);

    /** The least of them. */
    long least();

    /** Each of them one by one. */
    record Values(List<Long> values) implements Allowed {

      /** Keeps a copy. */
      public Values {
        values = List.copyOf(values);
      }

      @Override
      public boolean contains(long value) {
        return values.contains(value);
      }

      @Override
      public long least() {
        return values.stream().mapToLong(Long::longValue).min().orElseThrow();
      }

      @Override
      public String toString() {
        return "one of " + values;
      }
    }

    /** All from one to another. */
    record Range(long min, long max) implements Allowed {

      @Override
      public boolean contains(long value) {
        return value >= min && value <= max;
      }

      @Override
      public long least() {
        return min;
      }

      @Override
      public String toString() {
        return "within [%d, %d]".formatted(min, max);
      }
    }
  }

  /** Refuses what a phone would refuse. */
  public WholeHyperparameter {
    if (!allowed.contains(defaultValue)) {
      throw new IllegalArgumentException(
          "the default %d is not %s".formatted(defaultValue, allowed));
    }
  }

  Int64Parameter message() {
    Int64Parameter.Builder message = Int64Parameter.newBuilder().setDefaultValue(defaultValue);
    if (allowed instanceof Allowed.Values each) {
      message.setSet(Int64Set.newBuilder().addAllValues(each.values()));
    } else if (allowed instanceof Allowed.Range range) {
      message.setRange(Int64Range.newBuilder().setMinValue(range.min()).setMaxValue(range.max()));
    }
    return message.build();
  }
}
