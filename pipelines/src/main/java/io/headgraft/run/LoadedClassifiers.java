package io.headgraft.run;

import io.headgraft.Sha256;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.ModelFile;
import java.io.Serializable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The classifiers that this JVM has loaded: one each, shared by all its tasks, kept until the JVM
 * ends.
 */
final class LoadedClassifiers {

  private record Key(String sha256, int batchSize) {}

  private static final ConcurrentHashMap<Key, ImageClassifier> LOADED = new ConcurrentHashMap<>();

  private LoadedClassifiers() {}

  static ImageClassifier get(PackedModel packed) {
    return LOADED.computeIfAbsent(
        new Key(packed.sha256(), packed.batchSize()), key -> load(packed));
  }

  private static ImageClassifier load(PackedModel packed) {
    return ImageClassifier.load(
        ModelFile.parse(packed.file(), packed.name()), packed.name(), packed.batchSize());
  }

  /** A model as it travels to the executors. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes the bytes.
  record PackedModel(String name, String sha256, byte[] file, int batchSize)
      implements Serializable {

    static PackedModel of(String name, byte[] file, int batchSize) {
      return new PackedModel(name, Sha256.hex(file), file, batchSize);
    }
  }
}
