package io.headgraft.coreml;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a zip of the module's code as text, its tensors as raw
 * little-endian values, and a pickle (protocol 2) that puts the two together. The form is the one
 * that {@code torch.jit.save} writes and {@code torch.jit.load} reads.
 */
final class TorchScriptArchive {

  /** Floats with the shape that they are laid out in, row by row. */
  record Tensor(float[] values, long... shape) {}

  private static final String ROOT = "network/";

  private TorchScriptArchive() {}

  /**
   * An archive of one module, whose {@code __setstate__} is given the tensors as a list.
   *
   * @param className of the module, below {@code __torch__}
   * @param code the class as TorchScript text
   */
  static byte[] write(String className, String code, List<Tensor> tensors) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", new Pickle().module(className, tensors).toBytes());
      store(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < tensors.size(); i++) {
        store(zip, "data/" + i, littleEndian(tensors.get(i).values()));
      }
      store(zip, "constants.pkl", new Pickle().emptyTuple().toBytes());
      store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(ROOT + name);
    // Stored, as PyTorch writes it: floats do not compress.
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  /** The few opcodes of Python's pickle that a module takes. */
  private static final class Pickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle() {
      opcode(0x80).raw(2);
    }

    Pickle emptyTuple() {
      return opcode(')');
    }

    Pickle module(String className, List<Tensor> tensors) {
      global("__torch__", className).opcode(')').opcode(0x81);
      opcode(']').opcode('(');
      for (int i = 0; i < tensors.size(); i++) {
        tensor(tensors.get(i), Integer.toString(i));
      }
      return opcode('e').opcode('b');
    }

    private void tensor(Tensor tensor, String key) {
      global("torch._utils", "_rebuild_tensor_v2").opcode('(');
      opcode('(').text("storage").global("torch", "FloatStorage").text(key).text("cpu");
      integer(tensor.values().length).opcode('t').opcode('Q');
      integer(0);
      integers(tensor.shape());
      integers(strides(tensor.shape()));
      opcode(0x89); // requires no gradient
      global("collections", "OrderedDict").opcode(')').opcode('R');
      opcode('t').opcode('R');
    }

    private static long[] strides(long[] shape) {
      long[] strides = new long[shape.length];
      long stride = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= shape[i];
      }
      return strides;
    }

    private void integers(long[] values) {
      opcode('(');
      for (long value : values) {
        integer(Math.toIntExact(value));
      }
      opcode('t');
    }

    private Pickle integer(int value) {
      return opcode('J').int32(value);
    }

    private Pickle text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      opcode('X').int32(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    private Pickle global(String module, String name) {
      opcode('c');
      out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
      return this;
    }

    private Pickle int32(int value) {
      return raw(value).raw(value >> 8).raw(value >> 16).raw(value >> 24);
    }

    private Pickle opcode(int code) {
      return raw(code);
    }

    private Pickle raw(int value) {
      out.write(value);
      return this;
    }

    byte[] toBytes() {
      opcode('.');
      return out.toByteArray();
    }
  }
}
