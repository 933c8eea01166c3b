package io.headgraft.jobs;

/** {@code headgraft nightly}, for {@code spark-submit}: takes the same arguments. */
public final class NightlyJob {

  private NightlyJob() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Main.submit("nightly", args);
  }
}
