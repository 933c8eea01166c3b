package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.ImageInput;
import io.headgraft.coreml.NetworkGraph;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.features.Progress;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.RejectedImageException;
import io.headgraft.image.Rejection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/** Photos on disk to what a network takes, and what its fixed layers make of them. */
final class PhotoReader {

  /** Images that are computed together: more fall out of the processor's caches. */
  static final int BATCH = 4;

  private final Configuration hadoop;
  private final ImageOptions options;
  private final ImageTransform transform;

  PhotoReader(Configuration hadoop, ImageOptions options, ImageInput input) {
    this.hadoop = hadoop;
    this.options = options;
    this.transform = new ImageTransform(options, input.width(), input.height());
  }

  /**
   * The network's input.
   *
   * @throws RejectedImageException if the file is not a picture that can be used
   */
  byte[] pixels(LabelledImage photo) {
    try {
      byte[] file = DatasetFiles.read(photo.path(), hadoop, options.maxBytes());
      return transform.apply(file, List.of(new Augmentation.None())).get(0);
    } catch (IOException e) {
      throw new RejectedImageException(Rejection.UNREADABLE, DatasetFiles.reason(photo.path(), e));
    }
  }

  /**
   * Runs a network on photos, several at a time.
   *
   * @param rejected is told why those are left out that cannot be used
   * @throws HeadgraftException (exit code 3) if the values are more than memory holds
   */
  List<PhotoValues> values(
      NetworkGraph fixed,
      List<LabelledImage> photos,
      Map<LabelledImage, RejectedImageException> rejected,
      Progress progress) {
    try (CompiledNetwork network = CompiledNetwork.load(fixed, BATCH)) {
      requireRoom(network.outputs(), photos.size(), fixed.model());
      PhotoValues[] all = new PhotoValues[photos.size()];
      Map<LabelledImage, RejectedImageException> bad = new ConcurrentHashMap<>();
      AtomicInteger done = new AtomicInteger();
      IntStream.range(0, (all.length + BATCH - 1) / BATCH)
          .parallel()
          .forEach(
              batch -> {
                int to = Math.min(all.length, (batch + 1) * BATCH);
                List<Integer> usable = new ArrayList<>();
                List<byte[]> pixels = new ArrayList<>();
                for (int i = batch * BATCH; i < to; i++) {
                  try {
                    pixels.add(pixels(photos.get(i)));
                    usable.add(i);
                  } catch (RejectedImageException e) {
                    bad.put(photos.get(i), e);
                  }
                }
                float[][] rows = network.run(pixels);
                for (int i = 0; i < rows.length; i++) {
                  all[usable.get(i)] = new PhotoValues(photos.get(usable.get(i)), rows[i]);
                }
                progress.update(done.addAndGet(to - batch * BATCH), all.length);
              });
      rejected.putAll(bad);
      return IntStream.range(0, all.length)
          .filter(i -> all[i] != null)
          .mapToObj(i -> all[i])
          .toList();
    }
  }

  private static void requireRoom(int values, int photos, String model) {
    long bytes = (long) values * photos * Float.BYTES;
    long most = Runtime.getRuntime().maxMemory() / 2;
    if (bytes > most) {
      throw HeadgraftException.unusable(
          "%,d photos take %,d MiB where %s begins to train, and there are %,d: give fewer photos, or Java more memory (HEADGRAFT_JAVA_OPTS=-Xmx…)"
              .formatted(photos, bytes >> 20, model, most >> 20));
    }
  }
}
