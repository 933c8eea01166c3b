package io.headgraft.coreml;

import com.google.protobuf.InvalidProtocolBufferException;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Model;

/** The bytes of a {@code .mlmodel} file: one protocol-buffers message, {@link Model}. */
public final class ModelFile {

  /** Every model begins with field 1, the specification version, a varint. */
  private static final byte FIRST_TAG = 0x08;

  private ModelFile() {}

  /** Whether the bytes begin as a Core ML model's do. */
  public static boolean looksLikeModel(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == FIRST_TAG;
  }

  /**
   * Reads a model; fields that Headgraft does not know are kept.
   *
   * @param name what to call the file in messages
   * @throws HeadgraftException if the bytes are not a Core ML model, are cut off, or would take
   *     much more memory than their length
   */
  public static Model parse(byte[] bytes, String name) {
    if (!looksLikeModel(bytes)) {
      throw HeadgraftException.unusable(name + " is not a Core ML file (.mlmodel)");
    }
    WireBudget.check(bytes, Model.getDescriptor(), name);
    Model model;
    try {
      model = Model.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw HeadgraftException.unusable(
          name + " is not a Core ML file, or is cut off: its messages do not end where it ends", e);
    }
    boolean typed =
        model.getTypeCase() != Model.TypeCase.TYPE_NOT_SET || !OtherTypes.ofModel(model).isEmpty();
    if (model.getSpecificationVersion() < 1 || !typed) {
      throw HeadgraftException.unusable(
          name + " is not a Core ML file, or is cut off: it names no model type that is known");
    }
    return model;
  }
}
