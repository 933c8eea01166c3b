package io.headgraft.features;

/** Is told how far a long work has come. */
@FunctionalInterface
public interface Progress {

  /** Tells nobody. */
  Progress NONE = (done, total) -> {};

  /**
   * May be called from another thread than the one that works.
   *
   * @param done images that are done, or whatever is worked on
   * @param total how many there are
   */
  void update(long done, long total);
}
