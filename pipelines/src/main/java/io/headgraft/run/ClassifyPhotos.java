package io.headgraft.run;

import io.headgraft.JobGroup;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.features.Progress;
import io.headgraft.features.ProgressListener;
import io.headgraft.image.ImageOptions;
import io.headgraft.run.ClassificationTask.Classified;
import io.headgraft.run.ClassificationTask.Photo;
import io.headgraft.run.LoadedClassifiers.PackedModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Runs a Core ML image classifier on photos, on Spark. */
final class ClassifyPhotos {

  private static final int PHOTOS_A_TASK = 32;

  private final SparkSession spark;
  private final String stage;
  private final ImageOptions image;
  private final Progress progress;

  /**
   * Prepares.
   *
   * @param stage that asks for it, for Spark's pages
   * @param image how a photo comes to the model's input
   */
  ClassifyPhotos(SparkSession spark, String stage, ImageOptions image, Progress progress) {
    this.spark = spark;
    this.stage = stage;
    this.image = image;
    this.progress = progress;
  }

  /** In the order of the images, whatever the order in which tasks end. */
  List<Classified> run(PackedModel model, List<LabelledImage> images) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Photo> photos = new ArrayList<>();
    images.forEach(each -> photos.add(new Photo(photos.size(), each.path())));
    int tasks =
        Math.min(
            photos.size(), Math.max(context.defaultParallelism(), photos.size() / PHOTOS_A_TASK));
    Broadcast<PackedModel> packed = context.broadcast(model);
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    try (ProgressListener listener = new ProgressListener(context.sc(), photos.size(), progress)) {
      listener.begin(photos.size(), tasks);
      List<Classified> classified =
          new JobGroup(context.sc(), stage, "%s: %,d images".formatted(stage, photos.size()))
              .run(
                  () ->
                      new ArrayList<>(
                          context
                              .parallelize(photos, tasks)
                              .mapPartitions(new ClassificationTask(packed, hadoop, image))
                              .collect()));
      listener.end();
      classified.sort(Comparator.comparingInt(Classified::position));
      return classified;
    } finally {
      packed.destroy();
      hadoop.destroy();
    }
  }
}
