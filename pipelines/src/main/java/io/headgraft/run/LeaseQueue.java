package io.headgraft.run;

import io.headgraft.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Those who want to write to a work directory, in the order of their numbers: Lamport's bakery
 * algorithm (A New Solution of Dijkstra's Concurrent Programming Problem, 1974) on files.
 *
 * <p>It asks of a store only that a listing shows what was written before it began. Local disks,
 * HDFS and S3 do so; none of the usual ways to create a file in one step, or to commit to a Delta
 * table, excludes another process on all three. Each file is written once, by one process; a
 * renewed time lies in a file of its own, which is read by its name, never through a listing.
 *
 * <ul>
 *   <li>{@code ID.choosing}: is about to take a number
 *   <li>{@code NUMBER-ID.ticket}: has a number; the lowest may write
 *   <li>{@code ID.renewed}: until when, at last
 *   <li>{@code ID.revoked}: was taken for dead, for ever, whatever it still writes
 * </ul>
 */
final class LeaseQueue {

  private static final String FOLDER = "lease/";
  private static final String CHOOSING = ".choosing";
  private static final String TICKET = ".ticket";
  private static final String RENEWED = ".renewed";
  private static final String REVOKED = ".revoked";

  private final WorkDirectory directory;
  private final Consumer<String> warnings;

  /** A renewal. */
  private record Renewal(String expires) {}

  /**
   * A place in the queue.
   *
   * @param file of the ticket
   * @param key number and id: the lower may write first
   */
  record Place(String id, String key, String file) {

    private static Place of(String file) {
      String key = file.substring(0, file.length() - TICKET.length());
      return new Place(key.substring(key.indexOf('-') + 1), key, file);
    }

    private static Place of(long number, String id) {
      return of("%019d-%s%s".formatted(number, id, TICKET));
    }

    private long number() {
      return Long.parseLong(key.substring(0, key.indexOf('-')));
    }
  }

  LeaseQueue(WorkDirectory directory, Consumer<String> warnings) {
    this.directory = directory;
    this.warnings = warnings;
  }

  /** Takes the next number. */
  Place enter(LeaseTicket ticket) {
    String choosing = FOLDER + ticket.id() + CHOOSING;
    directory.write(choosing, ticket);
    try {
      long last = places().mapToLong(Place::number).max().orElse(0);
      Place place = Place.of(last + 1, ticket.id());
      directory.write(FOLDER + place.file(), ticket);
      return place;
    } finally {
      directory.delete(choosing);
    }
  }

  /** Puts off the time at which a ticket expires. */
  void renew(Place place, Duration expiry) {
    directory.write(
        FOLDER + place.id() + RENEWED, new Renewal(Instant.now().plus(expiry).toString()));
  }

  /** Gives a ticket back. */
  void leave(Place place) {
    remove(place.id(), place.file());
  }

  /** Whether nobody has taken the holder of a ticket for dead. */
  boolean isValid(Place place) {
    return directory.exists(FOLDER + place.file()) && !isRevoked(place.id());
  }

  /** Whether someone alive is about to take a number, which might be a lower one. */
  boolean isSomeoneChoosing() {
    // Before the tickets, and not in one listing with them: a listing is not taken in one moment,
    // and who changes from one to the other meanwhile could be missed.
    return names(CHOOSING)
        .map(file -> file.substring(0, file.length() - CHOOSING.length()))
        .anyMatch(id -> alive(id, id + CHOOSING).isPresent());
  }

  /** The first of those alive who have a lower number; to be asked when nobody is choosing. */
  Optional<LeaseTicket> firstBefore(Place mine) {
    return places()
        .filter(place -> place.key().compareTo(mine.key()) < 0)
        .flatMap(place -> alive(place.id(), place.file()).stream())
        .findFirst();
  }

  /** A ticket, unless it was given back or its holder is dead, which ends it. */
  private Optional<LeaseTicket> alive(String id, String file) {
    Optional<LeaseTicket> ticket = ticket(file);
    if (ticket.isEmpty() || isRevoked(id)) {
      return Optional.empty();
    }
    String expires =
        directory
            .find(FOLDER + id + RENEWED, Renewal.class)
            .map(Renewal::expires)
            .orElse(ticket.get().expires());
    if (ticket.get().isOfEndedProcess()) {
      // It may have given it back, and ended, since the ticket was read.
      if (directory.exists(FOLDER + file)) {
        // It writes nothing any more that a mark would have to outlast.
        warn(ticket.get().holder() + ": that process has ended without giving it back");
        remove(id, file);
      }
      return Optional.empty();
    }
    if (Instant.now().isAfter(Instant.parse(expires))) {
      revoke(id, file, ticket.get().holder() + ": it was not renewed and expired at " + expires);
      return Optional.empty();
    }
    return ticket;
  }

  /** First the mark, which counts from then on; the rest is tidying up. */
  private void revoke(String id, String file, String reason) {
    warn(reason);
    directory.write(FOLDER + id + REVOKED, Json.pretty(reason));
    remove(id, file);
  }

  private void warn(String reason) {
    warnings.accept(
        "the right to write to %s is taken over from %s".formatted(directory.uri(), reason));
  }

  private void remove(String id, String file) {
    directory.delete(FOLDER + file);
    directory.delete(FOLDER + id + RENEWED);
  }

  private boolean isRevoked(String id) {
    return directory.exists(FOLDER + id + REVOKED);
  }

  private Optional<LeaseTicket> ticket(String file) {
    return directory.find(FOLDER + file, LeaseTicket.class);
  }

  /** In the order of the numbers. */
  private Stream<Place> places() {
    return names(TICKET).map(Place::of);
  }

  private Stream<String> names(String kind) {
    List<String> names = directory.list(FOLDER);
    return names.stream().filter(name -> name.endsWith(kind) && !name.startsWith("."));
  }
}
