package io.headgraft.run;

import java.time.Duration;

/**
 * How the one writer of a work directory is chosen: {@code lock.*}.
 *
 * @param patience how long to wait for whoever writes now; zero leaves at once
 * @param expiry after which a lease that was not renewed is taken over, at least a second
 */
public record LeaseOptions(Duration patience, Duration expiry) {

  /** Checks both. */
  public LeaseOptions {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience is " + patience);
    }
    if (expiry.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("expiry is %s, less than a second".formatted(expiry));
    }
  }
}
