package io.headgraft;

import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * Names the Spark jobs that some work starts, on Spark's pages and in its event log. Groups lie in
 * each other: behind the inner one, jobs belong to the outer one again.
 *
 * @param name of the stage: list, extract, train, forecast, emit
 * @param description for people: {@code extract: 1,940 new images × 8 variants}
 */
public record JobGroup(SparkContext spark, String name, String description) {

  private static final String ID = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";

  /** Does the work, on this thread. */
  public <T> T run(Supplier<T> work) {
    String outerId = spark.getLocalProperty(ID);
    String outerDescription = spark.getLocalProperty(DESCRIPTION);
    spark.setLocalProperty(ID, name);
    spark.setLocalProperty(DESCRIPTION, description);
    try {
      return work.get();
    } finally {
      spark.setLocalProperty(ID, outerId);
      spark.setLocalProperty(DESCRIPTION, outerDescription);
    }
  }
}
