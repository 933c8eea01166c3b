package io.headgraft.jobs;

/** {@code headgraft train}, for {@code spark-submit}: takes the same arguments. */
public final class TrainHeadsJob {

  private TrainHeadsJob() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Main.submit("train", args);
  }
}
