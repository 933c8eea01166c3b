package io.headgraft.coreml;

import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names out of a file, as messages show them: on one line, and not without end. */
final class Names {

  private static final int LONGEST = 80;
  private static final int MOST = 6;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Names() {}

  /** In quotation marks, without control characters, and cut if it is too long. */
  static String quoted(String name) {
    String shown = name;
    if (name.codePointCount(0, name.length()) > LONGEST) {
      shown = name.substring(0, name.offsetByCodePoints(0, LONGEST)) + "…";
    }
    return "'" + CONTROL.matcher(shown).replaceAll("\uFFFD") + "'";
  }

  /** A layer, by its name or, if it has none, by what it makes. */
  static String of(NeuralNetworkLayer layer) {
    return layer.getName().isEmpty()
        ? "layer that makes " + listed(layer.getOutputList())
        : "layer " + quoted(layer.getName());
  }

  /** The first few of them, or {@code none}. */
  static String listed(Collection<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    String first = names.stream().limit(MOST).map(Names::quoted).collect(Collectors.joining(", "));
    return names.size() <= MOST ? first : "%s and %,d more".formatted(first, names.size() - MOST);
  }
}
