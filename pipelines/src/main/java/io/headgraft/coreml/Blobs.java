package io.headgraft.coreml;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the layers of a network make.
 *
 * @param made the names of all
 * @param complete whether these are all: layers that hold networks of their own make more
 * @param shapes of those, and of the inputs, whose shape is known
 */
record Blobs(Set<String> made, boolean complete, Map<String, Shape> shapes) {

  /** Whether a layer makes a blob, as far as can be known. */
  boolean mayMake(String blob) {
    return !complete || made.contains(blob);
  }

  Optional<Shape> shape(String blob) {
    return Optional.ofNullable(shapes.get(blob));
  }
}
