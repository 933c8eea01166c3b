package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.PooledConvolution;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.coreml.UpdatableClassifier;
import io.headgraft.coreml.UpdatableNetwork;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.coreml.WholeHyperparameter.Allowed;
import io.headgraft.coreml.proto.Model;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.ListedDataset;
import io.headgraft.head.MiniBatches;
import io.headgraft.head.UpdateRule;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.personalization.DeviceOptions;
import io.headgraft.personalization.DeviceTrainer;
import io.headgraft.personalization.UpdateHandlers;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Trains a model as a phone would and writes down all that {@code peers/device.py} needs to do the
 * same: values, labels, the order of the rows, and the layers before and after.
 */
public final class DeviceTraining {

  private static final int BATCH = 8;

  private DeviceTraining() {}

  /**
   * Trains once.
   *
   * @param args model with a head, folder of photos, photos a label, folder for the results, the
   *     layers to train joined by commas, sgd or adam, learning rate, epochs
   */
  public static void main(String[] args) throws IOException {
    UpdatableNetwork network =
        network(Path.of(args[0]), Arrays.asList(args[4].split(",")), args[5].equals("adam"));
    UpdateRule rule =
        args[5].equals("adam") ? new UpdateRule.Adam(0.9, 0.999, 1e-8) : new UpdateRule.Sgd(0.9);
    DeviceOptions options =
        new DeviceOptions(
            rule, Double.parseDouble(args[6]), BATCH, Integer.parseInt(args[7]), true, 1);
    List<LabelledImage> photos = photos(args[1], Integer.parseInt(args[2]));
    float[][] values = values(network, photos);
    List<String> known = network.layers().head().labels();
    int[] labels = photos.stream().mapToInt(photo -> known.indexOf(photo.label())).toArray();

    long start = System.nanoTime();
    DeviceTrainer.Outcome outcome =
        DeviceTrainer.train(network.layers(), values, labels, options, UpdateHandlers.NONE);
    double seconds = (System.nanoTime() - start) / 1e9;

    Path folder = Files.createDirectories(Path.of(args[3]));
    write(folder.resolve("values.f32"), values);
    write(folder.resolve("labels.i32"), labels);
    write(
        folder.resolve("orders.i32"),
        IntStream.range(0, options.epochs())
            .mapToObj(epoch -> MiniBatches.order(labels.length, options.seed(), epoch))
            .toArray(int[][]::new));
    write(folder, "start", network.layers());
    write(folder, "trained", outcome.layers());
    Files.write(
        folder.resolve("meta.json"), Json.pretty(meta(network, args, labels.length, seconds)));
    System.out.printf(
        "%d photos, %d epochs of %s by %s: %.2f s, mean loss %.4f to %.4f%n",
        labels.length,
        options.epochs(),
        args[4],
        args[5],
        seconds,
        outcome.epochs().get(0).mean(),
        outcome.epochs().get(options.epochs() - 1).mean());
  }

  private static Map<String, Object> meta(
      UpdatableNetwork network, String[] args, int rows, double seconds) {
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("rows", rows);
    meta.put("labels", network.layers().head().outputs());
    meta.put("features", network.layers().head().inputs());
    meta.put("channels", network.layers().convolution().map(PooledConvolution::inputs).orElse(0));
    meta.put("relu", network.layers().convolution().map(PooledConvolution::relu).orElse(false));
    meta.put("layers", network.trained());
    meta.put("optimizer", args[5]);
    meta.put("learning-rate", Double.parseDouble(args[6]));
    meta.put("epochs", Integer.parseInt(args[7]));
    meta.put("batch", BATCH);
    meta.put("seconds", seconds);
    return meta;
  }

  /** The same head and backbone, to be trained as is wanted. */
  private static UpdatableNetwork network(Path file, List<String> layers, boolean adam)
      throws IOException {
    Model.Builder plain =
        ModelFile.parse(Files.readAllBytes(file), file.toString()).toBuilder()
            .setIsUpdatable(false);
    plain.getDescriptionBuilder().clearTrainingInput();
    plain.getNeuralNetworkClassifierBuilder().clearUpdateParams();
    DoubleHyperparameter any = new DoubleHyperparameter(0.1, 0, 1);
    WholeHyperparameter size =
        new WholeHyperparameter(BATCH, new Allowed.Range(1, Integer.MAX_VALUE));
    OnDeviceOptimizer optimizer =
        adam
            ? new OnDeviceOptimizer.Adam(any, size, any, any, any)
            : new OnDeviceOptimizer.Sgd(any, size, any);
    Model model =
        UpdatableClassifier.of(
            plain.build(), new OnDeviceTraining(layers, optimizer, size, true, Optional.empty()));
    return UpdatableNetwork.of(model, file.toString());
  }

  private static List<LabelledImage> photos(String folder, int each) {
    Map<String, Integer> taken = new HashMap<>();
    return ListedDataset.readFolder(folder, new Configuration(), images()).images().stream()
        .filter(photo -> taken.merge(photo.label(), 1, Integer::sum) <= each)
        .toList();
  }

  private static ImageOptions images() {
    return Settings.load(Optional.empty(), List.of()).image();
  }

  private static float[][] values(UpdatableNetwork network, List<LabelledImage> photos)
      throws IOException {
    List<float[]> values = new ArrayList<>();
    try (CompiledNetwork fixed = CompiledNetwork.load(network.fixed(), 1)) {
      ImageTransform transform =
          new ImageTransform(images(), fixed.input().width(), fixed.input().height());
      for (LabelledImage photo : photos) {
        byte[] file = DatasetFiles.read(photo.path(), new Configuration(), photo.length());
        values.add(fixed.run(transform.apply(file, List.of(new Augmentation.None())))[0]);
      }
    }
    return values.toArray(float[][]::new);
  }

  private static void write(Path folder, String which, TrainableLayers layers) throws IOException {
    write(folder.resolve(which + "-head.f32"), layers.head().weights());
    write(folder.resolve(which + "-head-bias.f32"), layers.head().bias());
    if (layers.convolution().isPresent()) {
      PooledConvolution convolution = layers.convolution().get();
      write(folder.resolve(which + "-convolution.f32"), convolution.weights());
      write(folder.resolve(which + "-convolution-bias.f32"), convolution.bias());
      write(folder.resolve("factor.f32"), floats(convolution.factor()));
      write(folder.resolve("shift.f32"), floats(convolution.shift()));
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static void write(Path file, float[]... rows) throws IOException {
    write(
        file,
        Stream.of(rows)
            .map(row -> IntStream.range(0, row.length).map(i -> Float.floatToRawIntBits(row[i])))
            .map(IntStream::toArray)
            .toArray(int[][]::new));
  }

  /** Little endian, whatever the numbers stand for. */
  private static void write(Path file, int[]... rows) throws IOException {
    byte[] bytes = new byte[Integer.BYTES * Stream.of(rows).mapToInt(row -> row.length).sum()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Stream.of(rows).flatMapToInt(IntStream::of).forEach(buffer::putInt);
    Files.write(file, bytes);
  }
}
