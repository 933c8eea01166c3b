package io.headgraft.features;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ComputeDevice;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a Spark task runs the network: on the GPU that Spark has assigned to it ({@code
 * spark.task.resource.gpu.amount}), or on the processor.
 *
 * @param assigned the GPU's address, if the task has one; of several, the first
 * @param cuda whether the engine can use it
 */
record TaskDevice(Optional<String> assigned, boolean cuda) {

  private static final Logger LOG = LoggerFactory.getLogger(TaskDevice.class);

  private static final String GPU = "gpu";

  /** Of the task that runs on this thread. */
  static TaskDevice ofThisTask() {
    Optional<String> assigned =
        Optional.ofNullable(TaskContext.get())
            .map(task -> task.resourcesJMap().get(GPU))
            .map(ResourceInformation::addresses)
            .filter(addresses -> addresses.length > 0)
            .map(addresses -> addresses[0]);
    return new TaskDevice(assigned, assigned.isPresent() && ComputeDevice.engineHasCuda());
  }

  /**
   * What computes.
   *
   * @throws HeadgraftException if the address is not a number, as CUDA has them
   */
  ComputeDevice device() {
    return cuda && assigned.isPresent()
        ? ComputeDevice.gpu(number(assigned.get()))
        : ComputeDevice.PROCESSOR;
  }

  private static int number(String address) {
    try {
      return Integer.parseUnsignedInt(address);
    } catch (NumberFormatException e) {
      throw HeadgraftException.usage(
          "Spark has assigned GPU '%s': the discovery script (spark.worker.resource.gpu.discoveryScript, or that of the executor) has to name GPUs by their numbers, 0, 1, ..."
              .formatted(address));
    }
  }

  /** For people; to be said once a JVM, when it loads the network. */
  void log() {
    if (assigned.isPresent() && !cuda) {
      LOG.warn(
          "Spark has assigned GPU {}, but the PyTorch on the class path is for processors: the network runs on the processor",
          assigned.get());
    } else {
      LOG.info("the network runs on {}", cuda ? "GPU " + assigned.get() : "the processor");
    }
  }
}
