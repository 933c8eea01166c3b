package io.headgraft.features;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Counts the images of finished tasks and tells a {@link Progress}; closed, it listens no more. A
 * listener is called by a thread of Spark's.
 */
public final class ProgressListener extends SparkListener implements AutoCloseable {

  private final SparkSession spark;
  private final long total;
  private final Progress progress;
  private long done;
  private long images;
  private long tasks;
  private long tasksDone;

  /**
   * Begins to listen.
   *
   * @param total images in all
   */
  public ProgressListener(SparkSession spark, long total, Progress progress) {
    this.spark = spark;
    this.total = total;
    this.progress = progress;
    spark.sparkContext().addSparkListener(this);
  }

  /** A chunk begins, of so many images in so many tasks. */
  public synchronized void begin(long chunkImages, long chunkTasks) {
    images = chunkImages;
    tasks = chunkTasks;
    tasksDone = 0;
  }

  /** The chunk is done. */
  public synchronized void end() {
    done += images;
    images = 0;
    progress.update(done, total);
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd taskEnd) {
    if (images > 0 && taskEnd.taskInfo().successful()) {
      tasksDone = Math.min(tasks, tasksDone + 1);
      progress.update(done + tasksDone * images / tasks, total);
    }
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(this);
  }
}
