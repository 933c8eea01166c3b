package io.headgraft.run;

import io.headgraft.head.Head;
import io.headgraft.run.RunRecord.Status;
import java.util.List;
import java.util.Optional;

/**
 * A run that came to its end, and the head that its models hold.
 *
 * @param record its {@code run.json}
 */
record ShippedRun(WorkDirectory workdir, RunRecord record) {

  /** A run that is there and did not fail: others have no models to tell of. */
  static Optional<ShippedRun> of(WorkDirectory workdir, String run) {
    String file = "runs/" + run + "/run.json";
    if (!workdir.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(new ShippedRun(workdir, workdir.read(file, RunRecord.class)))
        .filter(shipped -> shipped.record.emit() != null)
        .filter(shipped -> shipped.record.status() != Status.FAILED);
  }

  String run() {
    return record.run();
  }

  /** The name of its head. */
  String head() {
    return record.emit().head();
  }

  /** The labels of its data set. */
  List<String> labels() {
    return record.dataset() == null ? List.of() : record.dataset().labels();
  }

  /**
   * Its head, if it can be run on today's features.
   *
   * @param pipeline the fingerprint of what makes them
   */
  Optional<Head> headOn(String pipeline) {
    String file = file("heads/" + head() + ".json");
    return workdir.exists(file)
        ? Optional.of(workdir.read(file, TrainedHead.class))
            .filter(trained -> trained.pipeline().equals(pipeline))
            .map(TrainedHead::head)
        : Optional.empty();
  }

  /** The name of one of its files, below the work directory. */
  String file(String name) {
    return "runs/" + run() + "/" + name;
  }
}
