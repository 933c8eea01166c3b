package io.headgraft.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Who wants to write to a work directory, or does.
 *
 * @param id unique
 * @param work the command
 * @param machine what tells, with {@code process}, whether the process still lives: this start of
 *     this machine and this space of process numbers; null where that cannot be known
 * @param processStarted null likewise
 * @param expires the first such time; renewals are kept beside the ticket
 */
record LeaseTicket(
    String id,
    String work,
    String host,
    long process,
    String processStarted,
    String machine,
    String since,
    String expires) {

  /** The system counts a start from the clock, which may be set meanwhile. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  /** A ticket of this process. */
  static LeaseTicket of(String id, String work, Duration expiry) {
    Instant now = Instant.now();
    ProcessHandle self = ProcessHandle.current();
    return new LeaseTicket(
        id,
        work,
        hostName(),
        self.pid(),
        self.info().startInstant().map(Instant::toString).orElse(null),
        thisMachine(),
        now.toString(),
        now.plus(expiry).toString());
  }

  /** Whether it is certain that the process has ended: only this machine's can be asked for. */
  boolean isOfEndedProcess() {
    if (machine == null || processStarted == null || !machine.equals(thisMachine())) {
      return false;
    }
    return ProcessHandle.of(process)
        .flatMap(handle -> handle.info().startInstant())
        .map(start -> Duration.between(start, Instant.parse(processStarted)).abs())
        .filter(difference -> difference.compareTo(START_TOLERANCE) <= 0)
        .isEmpty();
  }

  /** For people. */
  String holder() {
    return "'headgraft %s' on %s (process %d), since %s".formatted(work, host, process, since);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unnamed host";
    }
  }

  /** Containers on one machine number their processes on their own. */
  private static String thisMachine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }
}
