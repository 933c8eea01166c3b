package io.headgraft.coreml;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.headgraft.coreml.proto.Model;
import io.headgraft.testing.Hostile;
import io.headgraft.testing.MessageMutator;
import java.util.List;

/**
 * Whatever is in a model's file, it is read or refused with a message. An ordinary test run tries
 * the inputs beside the test; with the environment variable JAZZER_FUZZ=1, Jazzer looks for others
 * that take new ways through the code.
 */
class HostileModelFuzzTest {

  private static final int INPUTS = 50_000;
  private static final String NAME = "hostile.mlmodel";
  private static final List<Model> MODELS = List.of(TinyModel.backbone().build());

  @FuzzTest(maxExecutions = INPUTS)
  void changedFields(FuzzedDataProvider fuzzer) {
    Model model = fuzzer.pickValue(MODELS);
    Hostile.read(MessageMutator.mutated(model, fuzzer), HostileModelFuzzTest::open);
  }

  @FuzzTest(maxExecutions = INPUTS)
  void anyBytes(byte[] file) {
    Hostile.read(file, HostileModelFuzzTest::open);
  }

  private static void open(byte[] file) {
    Model model = ModelFile.parse(file, NAME);
    Inspection.of(model);
    ModelDifferences.between(model, MODELS.get(0));
    CompiledNetwork.requireRunnable(NetworkGraph.of(model, NAME));
  }
}
