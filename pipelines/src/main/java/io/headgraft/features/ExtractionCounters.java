package io.headgraft.features;

import io.headgraft.image.Rejection;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What the tasks of an extraction do, counted by Spark and shown on its pages while they run. A
 * task whose result was lost runs again and counts again, one that failed does not count: this is
 * the work that was done. How many rows there are, the tables say.
 */
record ExtractionCounters(
    LongAccumulator decoded,
    LongAccumulator networksLoaded,
    EnumMap<Rejection, LongAccumulator> rejected)
    implements Serializable {

  static ExtractionCounters register(SparkContext spark) {
    EnumMap<Rejection, LongAccumulator> rejected = new EnumMap<>(Rejection.class);
    for (Rejection reason : Rejection.values()) {
      String text = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      rejected.put(reason, spark.longAccumulator("images rejected: " + text));
    }
    return new ExtractionCounters(
        spark.longAccumulator("images decoded"),
        spark.longAccumulator("networks loaded"),
        rejected);
  }

  /** What has been counted so far; only the driver knows. */
  ExtractFeatures.Work work() {
    Map<Rejection, Long> counts = new EnumMap<>(Rejection.class);
    rejected.forEach(
        (reason, counter) -> {
          if (counter.value() > 0) {
            counts.put(reason, counter.value());
          }
        });
    return new ExtractFeatures.Work(decoded.value(), networksLoaded.value(), counts);
  }
}
