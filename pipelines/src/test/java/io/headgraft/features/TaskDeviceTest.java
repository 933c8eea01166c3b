package io.headgraft.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ComputeDevice;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** On a cluster that assigns GPUs it is tried by the integration test of the shaded jar. */
class TaskDeviceTest {

  @Test
  void isTheAssignedGpuOnlyWhereTheEngineCanUseIt() {
    assertThat(new TaskDevice(Optional.of("3"), true).device()).isEqualTo(ComputeDevice.gpu(3));
    assertThat(new TaskDevice(Optional.of("3"), false).device()).isEqualTo(ComputeDevice.PROCESSOR);
    assertThat(new TaskDevice(Optional.empty(), false).device()).isEqualTo(ComputeDevice.PROCESSOR);
  }

  @Test
  void outsideATaskItIsTheProcessor() {
    assertThat(TaskDevice.ofThisTask()).isEqualTo(new TaskDevice(Optional.empty(), false));
  }

  @Test
  void refusesAddressesThatCudaDoesNotKnow() {
    assertThatThrownBy(() -> new TaskDevice(Optional.of("GPU-5f2a"), true).device())
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("Spark has assigned GPU 'GPU-5f2a'")
        .hasMessageContaining("by their numbers");
    assertThatThrownBy(() -> ComputeDevice.gpu(-1)).hasMessageContaining("-1");
  }
}
