package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.DictionaryFeatureType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.StringFeatureType;

/** Inputs and outputs that emitted models have in common. An empty description is left out. */
final class FeatureDescriptions {

  private FeatureDescriptions() {}

  static FeatureDescription text(String name, String description) {
    return feature(
        name,
        description,
        FeatureType.newBuilder().setStringType(StringFeatureType.getDefaultInstance()));
  }

  /** Numbers by text. */
  static FeatureDescription dictionary(String name, String description) {
    return feature(
        name,
        description,
        FeatureType.newBuilder()
            .setDictionaryType(
                DictionaryFeatureType.newBuilder()
                    .setStringKeyType(StringFeatureType.getDefaultInstance())));
  }

  static FeatureDescription floats(String name, String description, int count) {
    return feature(
        name,
        description,
        FeatureType.newBuilder()
            .setMultiArrayType(
                ArrayFeatureType.newBuilder().addShape(count).setDataType(ArrayDataType.FLOAT32)));
  }

  private static FeatureDescription feature(
      String name, String description, FeatureType.Builder type) {
    return FeatureDescription.newBuilder()
        .setName(name)
        .setShortDescription(description)
        .setType(type)
        .build();
  }
}
