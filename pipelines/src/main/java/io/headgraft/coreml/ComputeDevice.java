package io.headgraft.coreml;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import java.util.OptionalInt;

/**
 * What computes a network: the processor, or a GPU. Their features differ in the last bits.
 *
 * @param gpu the number that CUDA gives it, from 0; empty for the processor
 */
public record ComputeDevice(OptionalInt gpu) {

  /** The processor: one core for each caller. */
  public static final ComputeDevice PROCESSOR = new ComputeDevice(OptionalInt.empty());

  /** Checks the number. */
  public ComputeDevice {
    if (gpu.orElse(0) < 0) {
      throw new IllegalArgumentException("GPU " + gpu.getAsInt() + " is negative");
    }
  }

  /** A GPU. */
  public static ComputeDevice gpu(int number) {
    return new ComputeDevice(OptionalInt.of(number));
  }

  /** Whether the PyTorch on the class path is one for GPUs. */
  public static boolean engineHasCuda() {
    CompiledNetwork.prepareEngine();
    return Engine.getEngine(NetworkEngine.PYTORCH.djlName())
        .hasCapability(StandardCapabilities.CUDA);
  }

  Device device() {
    return gpu.isPresent() ? Device.gpu(gpu.getAsInt()) : Device.cpu();
  }
}
