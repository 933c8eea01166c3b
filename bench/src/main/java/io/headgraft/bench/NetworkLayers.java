package io.headgraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headgraft.Json;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.ImageInput;
import io.headgraft.coreml.onnx.ModelProto;
import io.headgraft.coreml.onnx.NodeProto;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Where ONNX Runtime's time goes, node by node, and what share of the machine's peak each
 * convolution reaches. Two threads run the network at a time, as two tasks would; a node's time is
 * the first decile of all its runs. The peak is the fastest of the products of two matrices of 1024
 * × 1024 that two threads make in MKL at a time, by their processor time.
 *
 * <p>Arguments: backbone, batch size, runs.
 */
public final class NetworkLayers {

  private static final int THREADS = 2;
  private static final int SIDE = 1024;
  private static final int PRODUCTS = 100;

  /** A node's time for a batch, and what it computes in it, if it is a convolution. */
  private record Node(String name, String operator, double microseconds, Optional<Double> flops) {

    String row(double images, double peak) {
      double time = microseconds / images;
      String shares =
          flops
              .map(f -> f / microseconds / 1e3)
              .map(
                  rate ->
                      "%.2f | %.0f | %.0f %%"
                          .formatted(flops.get() / images / 1e6, rate, 100 * rate / peak))
              .orElse("| |");
      return "| %s | %s | %.0f | %s |".formatted(name, operator, time, shares);
    }
  }

  /** A node's run, of a profile in the format of Chrome's traces. */
  private record Event(String node, String operator, double microseconds, List<Integer> shape) {

    private static final String SUFFIX = "_kernel_time";

    @SuppressWarnings("unchecked")
    static Optional<Event> of(Object json) {
      Map<String, Object> event = (Map<String, Object>) json;
      String name = (String) event.get("name");
      if (!name.endsWith(SUFFIX)) {
        return Optional.empty();
      }
      Map<String, Object> details = (Map<String, Object>) event.get("args");
      List<Map<String, List<Integer>>> shapes =
          (List<Map<String, List<Integer>>>) details.get("output_type_shape");
      return Optional.of(
          new Event(
              name.substring(0, name.length() - SUFFIX.length()),
              (String) details.get("op_name"),
              ((Number) event.get("dur")).doubleValue(),
              shapes.get(0).values().iterator().next()));
    }

    String layer(Map<String, String> layersByResult) {
      String result = node.replaceFirst("^.*/", "").replaceFirst("_nchwc$", "");
      return layersByResult.getOrDefault(result, "");
    }
  }

  /** Of what a thread computes, not of what it waits for. */
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private NetworkLayers() {}

  /** Prints a table. */
  public static void main(String[] args) throws IOException, OrtException {
    Backbone backbone = Backbone.read(Files.readAllBytes(Path.of(args[0])), args[0], "flatten");
    int batch = Integer.parseInt(args[1]);
    List<Node> nodes = nodes(backbone, batch, Integer.parseInt(args[2]));
    double peak = peak();
    System.out.printf("peak of a core: %.0f GFLOP/s%n%n", peak);
    System.out.println("| layer | node | µs an image | MFLOP an image | GFLOP/s | of the peak |");
    System.out.println("|---|---|---|---|---|---|");
    nodes.forEach(node -> System.out.println(node.row(batch, peak)));
    List<Node> convolutions = nodes.stream().filter(node -> node.flops.isPresent()).toList();
    double flops = convolutions.stream().mapToDouble(node -> node.flops.get()).sum();
    System.out.println(
        new Node("all convolutions", "", time(convolutions), Optional.of(flops)).row(batch, peak));
    System.out.println(new Node("all nodes", "", time(nodes), Optional.of(flops)).row(batch, peak));
  }

  private static double time(List<Node> nodes) {
    return nodes.stream().mapToDouble(Node::microseconds).sum();
  }

  private static List<Node> nodes(Backbone backbone, int batch, int runs)
      throws IOException, OrtException {
    byte[] model = CompiledNetwork.onnx(backbone.features(), batch);
    Path profile = profile(model, backbone.features().image(), batch, runs);
    Map<String, List<Event>> events = new LinkedHashMap<>();
    List<?> all = Json.read(Files.readAllBytes(profile), List.class, profile.toString());
    all.stream()
        .map(Event::of)
        .flatMap(Optional::stream)
        .forEach(event -> events.computeIfAbsent(event.node, n -> new ArrayList<>()).add(event));
    Map<String, String> layers = layersByResult(model);
    return events.values().stream()
        .map(
            runsOfNode -> {
              Event event = runsOfNode.get(0);
              String layer = event.layer(layers);
              double time = undisturbed(runsOfNode.stream().map(Event::microseconds).toList());
              return new Node(layer, event.operator, time, flops(backbone, layer, event));
            })
        .toList();
  }

  private static Path profile(byte[] model, ImageInput image, int batch, int runs)
      throws IOException, OrtException {
    Path folder = Files.createTempDirectory("network-layers");
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.enableProfiling(folder.resolve("profile").toString());
      try (OrtSession session = environment.createSession(model, options)) {
        everywhere(
            () -> {
              run(environment, session, image, batch, runs);
              return 0.0;
            });
        return Path.of(session.endProfiling());
      }
    }
  }

  /**
   * Fused nodes are named after the results that they make, and these say of which layer they are.
   */
  private static Map<String, String> layersByResult(byte[] model) throws IOException {
    Map<String, String> layers = new HashMap<>();
    for (NodeProto node : ModelProto.parseFrom(model).getGraph().getNodeList()) {
      layers.put(node.getOutput(0), node.getName().replaceFirst("/[^/]*$", ""));
    }
    return layers;
  }

  private static void run(
      OrtEnvironment environment, OrtSession session, ImageInput image, int batch, int runs) {
    byte[] pixels = new byte[batch * image.width() * image.height() * 3];
    new Random(1).nextBytes(pixels);
    ByteBuffer buffer = ByteBuffer.allocateDirect(pixels.length).put(pixels).rewind();
    long[] shape = {batch, image.height(), image.width(), 3};
    try (OnnxTensor tensor =
        OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8)) {
      String input = session.getInputNames().iterator().next();
      for (int i = 0; i < runs; i++) {
        session.run(Map.of(input, tensor)).close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of a convolution: two for each weight and each pixel of the output. */
  private static Optional<Double> flops(Backbone backbone, String layer, Event event) {
    return backbone.features().layers().stream()
        .filter(one -> one.hasConvolution() && event.operator.endsWith("Conv"))
        .filter(one -> one.getName().equals(layer))
        .map(NeuralNetworkLayer::getConvolution)
        .map(
            convolution ->
                2.0
                    * event.shape.get(0)
                    * event.shape.get(2)
                    * event.shape.get(3)
                    * convolution.getKernelSizeList().stream().reduce(1L, (a, b) -> a * b)
                    * convolution.getKernelChannels()
                    * convolution.getOutputChannels())
        .findFirst();
  }

  /** Of one of two threads that multiply at the same time, in GFLOP/s. */
  private static double peak() {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    return everywhere(NetworkLayers::product);
  }

  private static double product() {
    List<Double> seconds = new ArrayList<>();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray a = manager.randomUniform(-1, 1, new Shape(SIDE, SIDE));
      NDArray b = manager.randomUniform(-1, 1, new Shape(SIDE, SIDE));
      for (int i = 0; i < PRODUCTS; i++) {
        long start = CLOCK.getCurrentThreadCpuTime();
        try (NDArray product = a.matMul(b)) {
          product.getFloat(0, 0);
        }
        seconds.add((CLOCK.getCurrentThreadCpuTime() - start) / 1e9);
      }
    }
    return 2e-9 * SIDE * SIDE * SIDE / Collections.min(seconds);
  }

  /** The mean of what two threads give at the same time. */
  private static double everywhere(Supplier<Double> work) {
    List<CompletableFuture<Double>> all =
        IntStream.range(0, THREADS)
            .mapToObj(t -> CompletableFuture.supplyAsync(work, task -> new Thread(task).start()))
            .toList();
    return all.stream().mapToDouble(CompletableFuture::join).average().orElseThrow();
  }

  /** The first decile: the machine may have other things to do, which makes nothing faster. */
  private static double undisturbed(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 10);
  }
}
