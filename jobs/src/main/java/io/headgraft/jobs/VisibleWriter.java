package io.headgraft.jobs;

import io.headgraft.VisibleText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** Lets no control character of a label or a file's name through to the terminal. */
final class VisibleWriter extends FilterWriter {

  private VisibleWriter(Writer out) {
    super(out);
  }

  /** What prints to another writer. */
  static PrintWriter to(PrintWriter out) {
    return new PrintWriter(new VisibleWriter(out), true);
  }

  @Override
  public void write(int character) throws IOException {
    write(String.valueOf((char) character));
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    write(new String(text, offset, length));
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    out.write(VisibleText.of(text.substring(offset, offset + length)));
  }
}
