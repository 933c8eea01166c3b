package io.headgraft.image;

/** Why an image of a data set is not used. */
public enum Rejection {
  /** The storage did not hand out the bytes. */
  UNREADABLE("the file cannot be read"),
  /** Zero bytes. */
  EMPTY("the file is empty"),
  /** Text, video, sound, an archive, whatever it is called. */
  NOT_AN_IMAGE("the file is not an image"),
  /** An image, but of a type (HEIC, RAW, PSD …) or a flavour of a type that is not read. */
  UNSUPPORTED_FORMAT("the image is of a type that is not read"),
  /** Cut off, or otherwise not what its format asks for. */
  CORRUPT("the image is cut off or damaged"),
  /** More than one frame: which of them the label describes is unknown. */
  ANIMATED("the image is animated"),
  /** Told from the header: such a picture is never decoded. */
  TOO_MANY_PIXELS("the image has more pixels than image.max-pixels"),
  /** Told from the listing: such a file is never read. */
  TOO_MANY_BYTES("the file has more bytes than image.max-bytes"),
  /** Length or modification time differ from what was listed. */
  CHANGED("the file changed while the run was reading it"),
  /** The same bytes stand elsewhere in the data set under the same label. */
  DUPLICATE("the same image is there more than once"),
  /** The same bytes stand elsewhere in the data set under another label. */
  CONFLICTING_LABELS("the same image has different labels");

  private final String description;

  Rejection(String description) {
    this.description = description;
  }

  /** One line for humans, without a full stop. */
  public String description() {
    return description;
  }
}
