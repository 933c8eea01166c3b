package io.headgraft.features;

import io.headgraft.Sha256;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.features.Networks.PackedBackbone;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.RejectedImageException;
import io.headgraft.image.Rejection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/** What a Spark task does with its images: read, transform, run through the network in batches. */
record ExtractionTask(
    Broadcast<PackedBackbone> backbone,
    Broadcast<SerializableConfiguration> hadoop,
    ImageTransform transform,
    long maxBytes,
    ExtractionCounters counters,
    int batchSize,
    NetworkEngine engine,
    int imageColumn,
    int variantsColumn)
    implements MapPartitionsFunction<Row, Row> {

  private record Variant(int number, Augmentation augmentation) {}

  /** An image variant that waits for its batch. */
  private record Pending(Row image, String imageId, Variant variant, byte[] pixels) {}

  @Override
  public Iterator<Row> call(Iterator<Row> images) {
    ImageTransform.prepare();
    return new Rows(
        images,
        Networks.get(
            backbone.value(),
            batchSize,
            engine,
            TaskDevice.ofThisTask(),
            () -> counters.networksLoaded().add(1)));
  }

  private final class Rows implements Iterator<Row> {

    private final Iterator<Row> images;
    private final CompiledNetwork network;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Deque<Row> finished = new ArrayDeque<>();

    Rows(Iterator<Row> images, CompiledNetwork network) {
      this.images = images;
      this.network = network;
    }

    @Override
    public boolean hasNext() {
      while (finished.isEmpty() && (images.hasNext() || !pending.isEmpty())) {
        if (pending.size() >= batchSize || !images.hasNext()) {
          runBatch();
        } else {
          read(images.next());
        }
      }
      return !finished.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return finished.remove();
    }

    private void read(Row image) {
      String imageId = null;
      try {
        byte[] bytes = bytes(image);
        imageId = Sha256.hex(bytes);
        List<Variant> variants = variants(image);
        List<byte[]> inputs =
            transform.apply(bytes, variants.stream().map(Variant::augmentation).toList());
        counters.decoded().add(1);
        for (int i = 0; i < variants.size(); i++) {
          pending.add(new Pending(image, imageId, variants.get(i), inputs.get(i)));
        }
      } catch (RejectedImageException e) {
        counters.rejected().get(e.reason()).add(1);
        finished.add(row(image, imageId, null, null, null, e.reason().name(), e.detail()));
      }
    }

    private void runBatch() {
      List<Pending> batch = new ArrayList<>(batchSize);
      while (batch.size() < batchSize && !pending.isEmpty()) {
        batch.add(pending.remove());
      }
      float[][] features = network.run(batch.stream().map(Pending::pixels).toList());
      for (int i = 0; i < features.length; i++) {
        Pending done = batch.get(i);
        Variant variant = done.variant();
        finished.add(
            row(
                done.image(),
                done.imageId(),
                variant.number(),
                variant.augmentation().name(),
                features[i],
                null,
                null));
      }
    }

    /** The input's other columns, then ours. */
    private Row row(Row image, Object... ours) {
      List<Object> values = new ArrayList<>(image.length() + ours.length);
      for (int i = 0; i < image.length(); i++) {
        if (i != imageColumn && i != variantsColumn) {
          values.add(image.get(i));
        }
      }
      for (Object value : ours) {
        values.add(value);
      }
      return RowFactory.create(values.toArray());
    }
  }

  private byte[] bytes(Row image) {
    if (image.isNullAt(imageColumn)) {
      throw new RejectedImageException(Rejection.UNREADABLE, "the image is null");
    }
    if (image.get(imageColumn) instanceof byte[] content) {
      return content;
    }
    String name = image.getString(imageColumn);
    try {
      byte[] bytes = DatasetFiles.read(name, hadoop.value().value(), maxBytes);
      if (bytes.length > maxBytes) {
        transform.checkLength(bytes.length);
      }
      return bytes;
    } catch (IOException e) {
      throw new RejectedImageException(Rejection.UNREADABLE, DatasetFiles.reason(name, e));
    }
  }

  private List<Variant> variants(Row image) {
    if (variantsColumn < 0 || image.isNullAt(variantsColumn)) {
      return List.of(new Variant(0, new Augmentation.None()));
    }
    List<Variant> variants = new ArrayList<>();
    for (Row variant : image.<Row>getList(variantsColumn)) {
      variants.add(new Variant(variant.getInt(0), Augmentation.parse(variant.getString(1))));
    }
    return variants;
  }
}
