package io.headgraft.run;

import io.headgraft.run.RunRecord.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The run whose models are live: {@code champion.json}, which is replaced at once or not at all, so
 * it is also the one place that says whose models were live before.
 *
 * @param run its id
 * @param previous the runs that were live before it, the last one first
 * @param setAside the runs that it took the place of when somebody went back to it
 */
public record Champion(String run, List<String> previous, List<String> setAside) {

  private static final String FILE = "champion.json";

  /** Copies the lists; there are none in files of versions that kept none. */
  public Champion {
    previous = previous == null ? List.of() : List.copyOf(previous);
    setAside = setAside == null ? List.of() : List.copyOf(setAside);
  }

  /** The champion of a work directory, unless no run has been promoted yet. */
  public static Optional<Champion> of(WorkDirectory workdir) {
    return workdir.find(FILE, Champion.class);
  }

  /** Makes the models of a run live. */
  public static Champion promote(WorkDirectory workdir, String run) {
    Champion next =
        of(workdir).map(now -> now.followedBy(run)).orElse(new Champion(run, List.of(), List.of()));
    workdir.write(FILE, next);
    return next;
  }

  /**
   * Makes the models of the newest promoted run live, if it was killed between its record and this
   * file: what its record says is so.
   *
   * @return the run, if there was such a one
   */
  public static Optional<String> finishPromotion(WorkDirectory workdir) {
    Optional<String> promoted =
        workdir.list("runs").stream()
            .sorted(Comparator.reverseOrder())
            .flatMap(run -> workdir.find("runs/" + run + "/run.json", RunRecord.class).stream())
            .filter(record -> record.status() == Status.PROMOTED)
            .map(RunRecord::run)
            .findFirst()
            .filter(run -> of(workdir).filter(champion -> champion.knows(run)).isEmpty());
    promoted.ifPresent(run -> promote(workdir, run));
    return promoted;
  }

  private boolean knows(String promoted) {
    return run.equals(promoted) || previous.contains(promoted) || setAside.contains(promoted);
  }

  /** Going back to a run forgets those that came after it, so the next step back leads past it. */
  private Champion followedBy(String next) {
    if (next.equals(run)) {
      return this;
    }
    int back = previous.indexOf(next);
    if (back >= 0) {
      List<String> aside = new ArrayList<>(List.of(run));
      aside.addAll(previous.subList(0, back));
      aside.addAll(setAside);
      return new Champion(next, previous.subList(back + 1, previous.size()), aside);
    }
    List<String> before = new ArrayList<>(List.of(run));
    before.addAll(previous);
    return new Champion(
        next, before, setAside.stream().filter(each -> !each.equals(next)).toList());
  }
}
