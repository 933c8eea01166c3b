package io.headgraft.coreml;

/** What a network takes. */
public sealed interface NetworkInput permits ImageInput, ArrayInput {

  /** The name of the input, and of the blob that the first layers read. */
  String name();

  /** The shape of that blob. */
  Shape shape();
}
