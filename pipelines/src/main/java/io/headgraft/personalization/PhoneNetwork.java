package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.NetworkGraph;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.coreml.UpdatableNetwork;
import io.headgraft.coreml.proto.Model;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.UpdateRule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A network whose last layers are trained. */
public final class PhoneNetwork implements PhoneModel {

  private final UpdatableNetwork network;
  private final TrainableLayers layers;
  private final AllowedSettings allowed;
  private final String name;

  private PhoneNetwork(
      UpdatableNetwork network, TrainableLayers layers, AllowedSettings allowed, String name) {
    this.network = network;
    this.layers = layers;
    this.allowed = allowed;
    this.name = name;
  }

  static PhoneNetwork of(UpdatableNetwork network, String name) {
    return new PhoneNetwork(
        network, network.layers(), new AllowedSettings(network.training(), name), name);
  }

  /** The same with what an update has come to, of which a handler is told. */
  public PhoneNetwork with(TrainableLayers trained) {
    return new PhoneNetwork(network, trained, allowed, name);
  }

  @Override
  public NetworkGraph fixed() {
    return network.fixed();
  }

  @Override
  public List<String> labels() {
    return layers.head().labels();
  }

  @Override
  public List<String> learnt() {
    return labels();
  }

  @Override
  public boolean takesAnyLabel() {
    return false;
  }

  @Override
  public Model model() {
    return network.with(layers);
  }

  @Override
  public double[][] probabilities(float[][] values) {
    double[][] logits = DeviceTrainer.logits(layers, values);
    for (double[] row : logits) {
      if (!Arrays.stream(row).allMatch(Double::isFinite)) {
        throw HeadgraftException.unusable(
            "The training of %s diverged: its logits are no numbers any more; lower %s"
                .formatted(name, HyperParameter.LEARNING_RATE.key()));
      }
    }
    return Arrays.stream(logits).map(Probabilities::softmax).toArray(double[][]::new);
  }

  @Override
  public void requireAllowed(DeviceSettings settings) {
    allowed.options(settings);
  }

  @Override
  public Update update(
      float[][] values, List<String> labels, DeviceSettings settings, UpdateHandlers handlers) {
    DeviceOptions options = allowed.options(settings);
    DeviceTrainer.Outcome outcome =
        DeviceTrainer.train(layers, values, indices(labels), options, checked(handlers));
    return new Update(
        with(outcome.layers()), describe(options), outcome.epochs(), outcome.cancelled());
  }

  private int[] indices(List<String> wanted) {
    // Labels of photos are in this form.
    List<String> known = labels().stream().map(PhotoValues::normalized).toList();
    return wanted.stream()
        .mapToInt(
            label -> {
              int index = known.indexOf(label);
              if (index < 0) {
                throw HeadgraftException.unusable(
                    "%s does not know the label '%s'; it has %s".formatted(name, label, known));
              }
              return index;
            })
        .toArray();
  }

  private UpdateHandlers checked(UpdateHandlers handlers) {
    Function<UpdateContext, UpdateResponse> progress =
        context -> {
          UpdateResponse response = handlers.progress().apply(context);
          if (response instanceof UpdateResponse.Resume resume) {
            allowed.require(resume.parameters());
          }
          return response;
        };
    return new UpdateHandlers(handlers.events(), progress);
  }

  private Map<String, Object> describe(DeviceOptions options) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("layers", network.trained());
    described.put("optimizer", options.rule() instanceof UpdateRule.Sgd ? "sgd" : "adam");
    described.put(HyperParameter.LEARNING_RATE.text(), options.learningRate());
    described.putAll(options.rule().toMap());
    described.put(HyperParameter.MINI_BATCH_SIZE.text(), options.miniBatchSize());
    described.put(HyperParameter.EPOCHS.text(), options.epochs());
    described.put("shuffle", options.shuffle());
    described.put(HyperParameter.SEED.text(), options.seed());
    return described;
  }
}
