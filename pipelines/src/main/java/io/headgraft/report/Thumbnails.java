package io.headgraft.report;

import java.util.Base64;

/** Pictures inside the page, as long as there is room for them. */
final class Thumbnails {

  private final long limit;
  private long used;
  private int leftOut;

  /**
   * Prepares an empty page.
   *
   * @param limit of all pictures together, in characters of the page
   */
  Thumbnails(long limit) {
    this.limit = limit;
  }

  /** The URI that holds a picture; null if there is none, or no room for it. */
  String uri(byte[] jpeg) {
    if (jpeg == null) {
      return null;
    }
    String uri = "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
    if (used + uri.length() > limit) {
      leftOut++;
      return null;
    }
    used += uri.length();
    return uri;
  }

  /** How many pictures there was no room for. */
  int leftOut() {
    return leftOut;
  }
}
