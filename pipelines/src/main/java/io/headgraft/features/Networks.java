package io.headgraft.features;

import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.ComputeDevice;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.coreml.NetworkGraph;
import java.io.Serializable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The networks that this JVM has loaded: one each, shared by all its tasks, kept until the JVM
 * ends.
 */
final class Networks {

  private record Key(
      String fingerprint, int batchSize, NetworkEngine engine, ComputeDevice device) {}

  private static final ConcurrentHashMap<Key, CompiledNetwork> LOADED = new ConcurrentHashMap<>();

  private Networks() {}

  /**
   * Gives a network.
   *
   * @param engine that runs it on the processor; GPUs have PyTorch
   * @param device where it is to run
   * @param loaded is told if it had to be loaded
   */
  static CompiledNetwork get(
      PackedBackbone packed,
      int batchSize,
      NetworkEngine engine,
      TaskDevice device,
      Runnable loaded) {
    return LOADED.computeIfAbsent(
        new Key(packed.fingerprint(), batchSize, engine, device.device()),
        key -> {
          device.log();
          CompiledNetwork network = load(packed, key);
          loaded.run();
          return network;
        });
  }

  private static CompiledNetwork load(PackedBackbone packed, Key key) {
    NetworkGraph features =
        NetworkGraph.of(ModelFile.parse(packed.model(), packed.name()), packed.name())
            .cutAt(packed.featureLayer());
    return key.device().gpu().isPresent()
        ? CompiledNetwork.load(features, key.batchSize(), key.device())
        : CompiledNetwork.load(features, key.batchSize(), key.engine());
  }

  /** A backbone as it travels to the executors. */
  record PackedBackbone(String name, String fingerprint, String featureLayer, byte[] model)
      implements Serializable {

    static PackedBackbone of(Backbone backbone) {
      return new PackedBackbone(
          backbone.name(),
          backbone.fingerprint(),
          backbone.featureLayer(),
          backbone.model().toByteArray());
    }
  }
}
