package io.headgraft.report;

import java.util.List;
import java.util.Map;

/**
 * The photos that a report shows, small.
 *
 * @param thumbnails JPEG files by image id
 * @param variants some training photos and their variants
 */
public record ReportPhotos(Map<String, byte[]> thumbnails, List<PhotoVariants> variants) {

  /** A training photo, itself first, and its variants. */
  public record PhotoVariants(String label, List<Variant> variants) {}

  /**
   * One of them.
   *
   * @param augmentation as the feature cache names it
   * @param jpeg a whole JPEG file
   */
  public record Variant(String augmentation, byte[] jpeg) {}
}
