package io.headgraft.image;

import java.util.Objects;

/** An image that is not used. It is counted by its reason and never stops a run by itself. */
public final class RejectedImageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Rejection reason;
  private final String detail;

  /**
   * An image that is refused for this reason.
   *
   * @param reason what it is counted as
   * @param detail what was found in this file, for humans, such as {@code 30000 x 30000 pixels,
   *     image.max-pixels allows 100000000}
   */
  public RejectedImageException(Rejection reason, String detail) {
    super(
        Objects.requireNonNull(reason, "reason") + ": " + Objects.requireNonNull(detail, "detail"));
    this.reason = reason;
    this.detail = detail;
  }

  /** What it is counted as. */
  public Rejection reason() {
    return reason;
  }

  /** What was found in this file, for humans. */
  public String detail() {
    return detail;
  }
}
