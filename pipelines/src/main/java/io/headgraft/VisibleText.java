package io.headgraft;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Text that cannot do anything to where it is shown. Labels and file names are any text: one that
 * moves a terminal's cursor, or turns the direction of the letters behind it around, could make a
 * message say something else. Such characters are shown by their number, as JSON and Java write
 * them; so a line of JSON stays what it is.
 */
public final class VisibleText {

  /** Controls, and what overrides the direction of text; marks that only tell it are harmless. */
  private static final String CONTROLS =
      "\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";

  private static final Pattern IN_TEXT =
      Pattern.compile("[" + CONTROLS + "&&[^\\r\\n\\t]]|\\r(?!\\n)");
  private static final Pattern IN_LINE = Pattern.compile("[" + CONTROLS + "]");

  private VisibleText() {}

  /** Text of many lines: their breaks and tabs stay. */
  public static String of(String text) {
    return escape(IN_TEXT, text);
  }

  /** Text that stays on one line. */
  public static String line(String text) {
    return escape(IN_LINE, text);
  }

  private static String escape(Pattern pattern, String text) {
    return pattern.matcher(text).replaceAll(VisibleText::number);
  }

  private static String number(MatchResult found) {
    return switch (found.group().charAt(0)) {
      case '\n' -> "\\\\n";
      case '\r' -> "\\\\r";
      case '\t' -> "\\\\t";
      default -> "\\\\u%04x".formatted((int) found.group().charAt(0));
    };
  }
}
