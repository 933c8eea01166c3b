package io.headgraft.coreml;

import io.headgraft.coreml.proto.Metadata;
import java.util.Map;

/**
 * What a model says about itself. An empty text is left out.
 *
 * @param author who made it
 * @param license what may be done with it
 * @param version of the model, not of the format
 * @param description in a sentence
 * @param provenance what it was made of, by keys such as {@code io.headgraft.run}
 */
public record ModelMetadata(
    String author,
    String license,
    String version,
    String description,
    Map<String, String> provenance) {

  Metadata message() {
    return Metadata.newBuilder()
        .setAuthor(author)
        .setLicense(license)
        .setVersionString(version)
        .setShortDescription(description)
        .putAllUserDefined(provenance)
        .build();
  }
}
