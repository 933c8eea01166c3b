package io.headgraft.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The run whose models are live: {@code champion.json}, which is replaced at once or not at all, so
 * it is also the one place that says whose models were live before.
 *
 * @param run its id
 * @param previous the runs that were live before it, the last one first
 */
public record Champion(String run, List<String> previous) {

  private static final String FILE = "champion.json";

  /** Copies the list; there is none in files of versions that kept none. */
  public Champion {
    previous = previous == null ? List.of() : List.copyOf(previous);
  }

  /** The champion of a work directory, unless no run has been promoted yet. */
  public static Optional<Champion> of(WorkDirectory workdir) {
    return workdir.exists(FILE)
        ? Optional.of(workdir.read(FILE, Champion.class))
        : Optional.empty();
  }

  /** Makes the models of a run live. */
  public static Champion promote(WorkDirectory workdir, String run) {
    Champion next =
        of(workdir).map(now -> now.followedBy(run)).orElse(new Champion(run, List.of()));
    workdir.write(FILE, next);
    return next;
  }

  /** Going back to a run forgets those that came after it, so the next step back leads past it. */
  private Champion followedBy(String next) {
    if (next.equals(run)) {
      return this;
    }
    int back = previous.indexOf(next);
    if (back >= 0) {
      return new Champion(next, previous.subList(back + 1, previous.size()));
    }
    List<String> before = new ArrayList<>(List.of(run));
    before.addAll(previous);
    return new Champion(next, before);
  }
}
