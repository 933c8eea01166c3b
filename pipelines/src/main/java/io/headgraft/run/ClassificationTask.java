package io.headgraft.run;

import io.headgraft.coreml.ImageClassifier;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.RejectedImageException;
import io.headgraft.image.Rejection;
import io.headgraft.run.ClassificationTask.Classified;
import io.headgraft.run.ClassificationTask.Photo;
import io.headgraft.run.LoadedClassifiers.PackedModel;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** What a Spark task does with its photos: read, transform, classify in batches. */
record ClassificationTask(
    Broadcast<PackedModel> model, Broadcast<SerializableConfiguration> hadoop, ImageOptions options)
    implements FlatMapFunction<Iterator<Photo>, Classified> {

  /** A photo by its position among all. */
  record Photo(int position, String path) implements Serializable {}

  /**
   * What became of a photo.
   *
   * @param probabilities in the order of the model's labels; null if the photo was rejected
   * @param reason null if it was not
   * @param detail null if it was not
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes the numbers.
  record Classified(int position, float[] probabilities, Rejection reason, String detail)
      implements Serializable {}

  private record Pending(Photo photo, byte[] pixels) {}

  @Override
  public Iterator<Classified> call(Iterator<Photo> photos) {
    ImageClassifier classifier = LoadedClassifiers.get(model.value());
    ImageTransform transform =
        new ImageTransform(options, classifier.input().width(), classifier.input().height());
    List<Classified> done = new ArrayList<>();
    List<Pending> batch = new ArrayList<>();
    while (photos.hasNext()) {
      Photo photo = photos.next();
      try {
        batch.add(new Pending(photo, pixels(photo, transform)));
      } catch (RejectedImageException e) {
        done.add(new Classified(photo.position(), null, e.reason(), e.detail()));
      }
      if (batch.size() == classifier.batchSize()) {
        classify(classifier, batch, done);
      }
    }
    classify(classifier, batch, done);
    return done.iterator();
  }

  private static void classify(
      ImageClassifier classifier, List<Pending> batch, List<Classified> done) {
    float[][] rows = classifier.probabilities(batch.stream().map(Pending::pixels).toList());
    for (int i = 0; i < rows.length; i++) {
      done.add(new Classified(batch.get(i).photo().position(), rows[i], null, null));
    }
    batch.clear();
  }

  private byte[] pixels(Photo photo, ImageTransform transform) {
    try {
      byte[] file = DatasetFiles.read(photo.path(), hadoop.value().value(), options.maxBytes());
      return transform.apply(file, List.of(new Augmentation.None())).get(0);
    } catch (IOException e) {
      throw new RejectedImageException(Rejection.UNREADABLE, DatasetFiles.reason(photo.path(), e));
    }
  }
}
