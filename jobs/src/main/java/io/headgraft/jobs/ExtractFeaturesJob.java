package io.headgraft.jobs;

/** {@code headgraft extract}, for {@code spark-submit}: takes the same arguments. */
public final class ExtractFeaturesJob {

  private ExtractFeaturesJob() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Main.submit("extract", args);
  }
}
