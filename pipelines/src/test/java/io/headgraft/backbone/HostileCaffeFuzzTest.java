package io.headgraft.backbone;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.testing.Hostile;
import io.headgraft.testing.MessageMutator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Whatever is in a Caffe model's file, it is converted, or refused with a message. Fuzzing is
 * switched on as for {@code HostileModelFuzzTest}.
 */
class HostileCaffeFuzzTest {

  private static final Path INPUTS =
      Path.of("src/test/resources/io/headgraft/backbone/HostileCaffeFuzzTestInputs/converts");

  private static final List<NetParameter> NETS =
      List.of(
          CaffeFile.withoutMostWeights(CaffeFile.deployed()),
          CaffeFile.withoutMostWeights(CaffeFile.trained()));

  @FuzzTest(maxExecutions = Hostile.INPUTS, maxDuration = Hostile.LONGEST)
  void converts(FuzzedDataProvider fuzzer) {
    Hostile.read(
        MessageMutator.file(NETS, fuzzer), file -> CaffeModel.convert(file, "hostile.caffemodel"));
  }

  /** Writes the inputs beside this test anew: run with -Dheadgraft.golden=write. */
  @Test
  @EnabledIfSystemProperty(named = "headgraft.golden", matches = "write")
  void writeTheInputs() throws IOException {
    Hostile.writeInputs(INPUTS, NETS);
  }
}
