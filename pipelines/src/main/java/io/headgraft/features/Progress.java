package io.headgraft.features;

/** Is told how far a long work has come. */
@FunctionalInterface
public interface Progress {

  /** Tells nobody. */
  Progress NONE = (done, total) -> {};

  /**
   * May be called from another thread than the one that works.
   *
   * @param done images that are done
   * @param total images in all
   */
  void update(long done, long total);
}
