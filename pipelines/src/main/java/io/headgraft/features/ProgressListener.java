package io.headgraft.features;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/** Counts the images of finished tasks; a task that is tried twice counts once. */
final class ProgressListener extends SparkListener implements AutoCloseable {

  private final SparkSession spark;
  private final long total;
  private final Progress progress;
  private final AtomicLong tasksDone = new AtomicLong();
  private volatile long done;
  private volatile long images;
  private volatile long tasks;

  ProgressListener(SparkSession spark, long total, Progress progress) {
    this.spark = spark;
    this.total = total;
    this.progress = progress;
    spark.sparkContext().addSparkListener(this);
  }

  /** A chunk begins. */
  void begin(long chunkImages, long chunkTasks) {
    images = chunkImages;
    tasks = chunkTasks;
    tasksDone.set(0);
  }

  /** The chunk is done. */
  void end() {
    done += images;
    images = 0;
    progress.update(done, total);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd taskEnd) {
    if (images > 0 && taskEnd.taskInfo().successful()) {
      long share = Math.min(tasks, tasksDone.incrementAndGet()) * images / tasks;
      progress.update(done + share, total);
    }
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(this);
  }
}
