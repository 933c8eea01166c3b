package io.headgraft.features;

import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Counts the images, or whatever else is worked on, of finished tasks and tells a {@link Progress};
 * closed, it listens no more. A listener is called by a thread of Spark's.
 */
public final class ProgressListener extends SparkListener implements AutoCloseable {

  private final SparkContext spark;
  private final long total;
  private final Progress progress;
  private long done;
  private long images;
  private long tasks;
  private long tasksDone;

  /**
   * Begins to listen.
   *
   * @param total how many there are
   */
  public ProgressListener(SparkContext spark, long total, Progress progress) {
    this.spark = spark;
    this.total = total;
    this.progress = progress;
    spark.addSparkListener(this);
  }

  /** A chunk begins, of so many images that so many tasks see to. */
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
    spark.removeSparkListener(this);
  }
}
