package io.headgraft.head;

import java.io.Serializable;
import java.util.Optional;

/** Keeps what a killed training goes on from. */
public interface Checkpoints extends Serializable {

  /** Keeps nothing. */
  Checkpoints NONE =
      new Checkpoints() {
        @Override
        public Optional<byte[]> read(String name) {
          return Optional.empty();
        }

        @Override
        public void write(String name, byte[] content) {}
      };

  /** What was last written under a name. */
  Optional<byte[]> read(String name);

  /** Writes, whole or not at all. */
  void write(String name, byte[] content);
}
