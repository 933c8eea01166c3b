package io.headgraft.head;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps checkpoints in memory, until it is killed instead of writing one. */
final class KilledCheckpoints implements Checkpoints {

  private static final long serialVersionUID = 1L;

  static final int NEVER = Integer.MAX_VALUE;

  /** Spark tasks get copies of these checkpoints, which share what was written. */
  private static final Map<UUID, Store> STORES = new ConcurrentHashMap<>();

  private final UUID store;
  private final int killedAt;

  private record Store(Map<String, byte[]> files, AtomicInteger writes) {}

  private KilledCheckpoints(UUID store, int killedAt) {
    this.store = store;
    this.killedAt = killedAt;
  }

  /** Is killed at the n-th write, and at each after that. */
  static KilledCheckpoints at(int write) {
    UUID store = UUID.randomUUID();
    STORES.put(store, new Store(new ConcurrentHashMap<>(), new AtomicInteger()));
    return new KilledCheckpoints(store, write);
  }

  /** The same files in another life. */
  KilledCheckpoints again() {
    STORES.get(store).writes.set(0);
    return new KilledCheckpoints(store, NEVER);
  }

  /** Writes that were tried. */
  int writes() {
    return STORES.get(store).writes.get();
  }

  int files() {
    return STORES.get(store).files.size();
  }

  @Override
  public Optional<byte[]> read(String name) {
    return Optional.ofNullable(STORES.get(store).files.get(name));
  }

  @Override
  public void write(String name, byte[] content) {
    if (STORES.get(store).writes.incrementAndGet() >= killedAt) {
      throw new IllegalStateException("killed");
    }
    STORES.get(store).files.put(name, content);
  }
}
