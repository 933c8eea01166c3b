package io.headgraft.coreml;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names out of a file, as messages show them: on one line, and not without end. */
final class Names {

  private static final int LONGEST = 80;
  private static final int MOST = 6;

  private Names() {}

  /** In quotation marks, without control characters, and cut if it is too long. */
  static String quoted(String name) {
    String shown = name;
    if (name.codePointCount(0, name.length()) > LONGEST) {
      shown = name.substring(0, name.offsetByCodePoints(0, LONGEST)) + "…";
    }
    return "'" + shown.replaceAll("\\p{Cntrl}", "\uFFFD") + "'";
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
