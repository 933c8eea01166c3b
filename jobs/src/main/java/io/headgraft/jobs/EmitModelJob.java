package io.headgraft.jobs;

/** {@code headgraft emit}, for {@code spark-submit}: takes the same arguments. */
public final class EmitModelJob {

  private EmitModelJob() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Main.submit("emit", args);
  }
}
