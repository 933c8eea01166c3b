package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.NetworkGraph;
import io.headgraft.coreml.UpdatableNeighbors;
import io.headgraft.coreml.proto.Model;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Nearest neighbours: an update adds examples, whatever their labels are. */
public final class PhoneNeighbors implements PhoneModel {

  private final UpdatableNeighbors neighbors;
  private final String name;

  PhoneNeighbors(UpdatableNeighbors neighbors, String name) {
    this.neighbors = neighbors;
    this.name = name;
  }

  @Override
  public NetworkGraph fixed() {
    return neighbors.fixed();
  }

  @Override
  public List<String> labels() {
    return neighbors.labels();
  }

  @Override
  public List<String> learnt() {
    return neighbors.isEmpty() ? List.of() : labels();
  }

  @Override
  public boolean takesAnyLabel() {
    return true;
  }

  @Override
  public Model model() {
    return neighbors.model();
  }

  @Override
  public double[][] probabilities(float[][] values) {
    return Arrays.stream(values).map(neighbors::probabilities).toArray(double[][]::new);
  }

  @Override
  public void requireAllowed(DeviceSettings settings) {
    voting(settings);
  }

  private long voting(DeviceSettings settings) {
    for (HyperParameter each : settings.numbers().keySet()) {
      if (each != HyperParameter.NUMBER_OF_NEIGHBORS) {
        throw notTheirs(each.key());
      }
    }
    if (settings.shuffle().isPresent()) {
      throw notTheirs(HyperParameter.GROUP + "shuffle");
    }
    return AllowedSettings.whole(
        settings, HyperParameter.NUMBER_OF_NEIGHBORS, neighbors.neighbors(), name);
  }

  private HeadgraftException notTheirs(String key) {
    return HeadgraftException.usage(
        "%s is set, but %s is one of nearest neighbours, which are not trained in steps: leave it out"
            .formatted(key, name));
  }

  /** Core ML reports no progress of it: there is none. */
  @Override
  public Update update(
      float[][] values, List<String> labels, DeviceSettings settings, UpdateHandlers handlers) {
    long voting = voting(settings);
    List<KnnPipeline.Example> examples =
        IntStream.range(0, values.length)
            .mapToObj(i -> new KnnPipeline.Example(values[i], labels.get(i)))
            .toList();
    return new Update(
        new PhoneNeighbors(neighbors.with(examples, voting), name),
        Map.of(HyperParameter.NUMBER_OF_NEIGHBORS.text(), voting),
        List.of(),
        false);
  }
}
