package io.headgraft;

/** How a run ends, as the operating system sees it. */
public enum ExitCode {
  /** All that was asked for is done. */
  DONE(0),
  /** A fault of Headgraft's or of the machine's: a stack trace goes with it. */
  UNEXPECTED(1),
  /** Wrong arguments or configuration. */
  USAGE(2),
  /** The data or a model is not usable. */
  UNUSABLE(3),
  /** Done, but the champion stays. */
  CHAMPION_STAYS(10);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The process's exit status, 0 to 255. */
  public int code() {
    return code;
  }
}
