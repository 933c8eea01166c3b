package io.headgraft.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Real image files, made on the spot. */
final class TestImages {

  private static final byte[] PNG_SIGNATURE = bytes(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');

  private TestImages() {}

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] insert(byte[] file, int position, byte[] what) {
    return concat(
        Arrays.copyOf(file, position), what, Arrays.copyOfRange(file, position, file.length));
  }

  /** Smooth, so that JPEG keeps it well, and different everywhere. */
  static BufferedImage photo(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random noise = new Random(7);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 40 + 180 * x / width;
        int green = 40 + 180 * y / height;
        int blue = 100 + noise.nextInt(30);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  static BufferedImage constant(int width, int height, int rgb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /** What a network is given of a picture of its own size. */
  static byte[] bgr(BufferedImage image) {
    ByteBuffer bgr = ByteBuffer.allocate(image.getWidth() * image.getHeight() * 3);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        bgr.put((byte) rgb).put((byte) (rgb >> 8)).put((byte) (rgb >> 16));
      }
    }
    return bgr.array();
  }

  /** By the JDK: png, bmp, gif, tiff, jpg. */
  static byte[] file(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] jpeg(BufferedImage image, boolean progressive) {
    return jpeg(new IIOImage(image, null, null), progressive);
  }

  private static byte[] jpeg(IIOImage image, boolean progressive) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(0.95f);
    if (progressive) {
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, image, param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /**
   * A JPEG of four components, all one colour, with Adobe's marker.
   *
   * @param transform 0: stored as CMYK, 2: as YCCK
   */
  static byte[] adobeJpeg(int transform, int... sample) {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        raster.setPixel(x, y, sample);
      }
    }
    byte[] adobe =
        concat(bytes(0xff, 0xee, 0, 14), ascii("Adobe"), bytes(0, 100, 0, 0, 0, 0, transform));
    return insert(jpeg(new IIOImage(raster, null, null), false), 2, adobe);
  }

  /** An EXIF block, as in all containers: one tag, the orientation. */
  static byte[] exif(int orientation) {
    return bytes(
        'M',
        'M',
        0,
        42,
        0,
        0,
        0,
        8,
        0,
        1,
        1,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0,
        0,
        0,
        0,
        0);
  }

  static byte[] jpegWithExif(byte[] jpeg, byte[] exif) {
    byte[] app1 = concat(bytes(0xff, 0xe1, 0, 8 + exif.length), ascii("Exif\0\0"), exif);
    return insert(jpeg, 2, app1);
  }

  static byte[] chunk(String type, byte... data) {
    byte[] typed = concat(ascii(type), data);
    CRC32 sum = new CRC32();
    sum.update(typed);
    return concat(bigEndian(data.length), typed, bigEndian((int) sum.getValue()));
  }

  /**
   * A PNG file.
   *
   * @param rows the unfiltered samples, a zero before each row
   * @param extra chunks between IHDR and IDAT
   */
  static byte[] png(int width, int height, int depth, int colour, byte[] rows, byte[]... extra) {
    return concat(
        pngHeader(width, height, depth, colour),
        concat(extra),
        chunk("IDAT", deflate(rows)),
        chunk("IEND"));
  }

  /** Signature and first chunk alone. */
  static byte[] pngHeader(int width, int height, int depth, int colour) {
    byte[] ihdr = concat(bigEndian(width), bigEndian(height), bytes(depth, colour, 0, 0, 0));
    return concat(PNG_SIGNATURE, chunk("IHDR", ihdr));
  }

  /**
   * An uncompressed TIFF of one strip.
   *
   * @param extraTags numbers and values beside, or instead of, those of an opaque RGB picture
   */
  static byte[] tiff(int width, int height, byte[] samples, int[]... extraTags) {
    int[][] tags = {
      {256, width},
      {257, height},
      {258, 8},
      {259, 1},
      {262, 2},
      {273, 512},
      {277, 3},
      {278, height},
      {279, samples.length}
    };
    SortedMap<Integer, Integer> all = new TreeMap<>();
    Stream.of(tags, extraTags).flatMap(Arrays::stream).forEach(tag -> all.put(tag[0], tag[1]));
    ByteBuffer file = ByteBuffer.allocate(512 + samples.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(bytes('I', 'I', 42, 0, 8, 0, 0, 0)).putShort((short) all.size());
    all.forEach(
        (tag, value) ->
            file.putShort(tag.shortValue()).putShort((short) 4).putInt(1).putInt(value));
    return file.position(512).put(samples).array();
  }

  /** Eight bits a pixel, compressed in runs of one. */
  static byte[] runLengthBmp(BufferedImage palette) {
    int width = palette.getWidth();
    int height = palette.getHeight();
    byte[] plain = file(palette, "bmp");
    ByteBuffer header = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    int start = header.getInt(10);
    ByteArrayOutputStream runs = new ByteArrayOutputStream();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        runs.write(1);
        // Rows are stored bottom up, as in the plain file.
        runs.write(plain[start + y * width + x]);
      }
      runs.writeBytes(bytes(0, y == height - 1 ? 1 : 0));
    }
    header.putInt(2, start + runs.size()).putInt(30, 1).putInt(34, runs.size());
    return concat(Arrays.copyOf(plain, start), runs.toByteArray());
  }

  /** By OpenCV; lossless from a quality of 101 on. */
  static byte[] webp(byte[] pixels, int width, int height, int channels, int quality) {
    try (BytePointer data = new BytePointer(pixels);
        Mat picture = new Mat(height, width, opencv_core.CV_8UC(channels), data);
        BytePointer encoded = new BytePointer();
        IntPointer options = new IntPointer(opencv_imgcodecs.IMWRITE_WEBP_QUALITY, quality)) {
      opencv_imgcodecs.imencode(".webp", picture, encoded, options);
      byte[] file = new byte[(int) encoded.limit()];
      encoded.get(file);
      return file;
    }
  }

  /** The extended layout of WebP, around chunks. */
  static byte[] extendedWebp(int width, int height, int flags, byte[]... chunks) {
    byte[] extended = webpChunk("VP8X", bytes(flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0));
    byte[] body = concat(ascii("WEBP"), extended, concat(chunks));
    return concat(ascii("RIFF"), littleEndian(body.length), body);
  }

  static byte[] webpChunk(String type, byte... data) {
    return concat(ascii(type), littleEndian(data.length), data, new byte[data.length & 1]);
  }

  /** The chunks of a file in the simple layout. */
  static byte[] webpBody(byte[] webp) {
    return Arrays.copyOfRange(webp, 12, webp.length);
  }

  static byte[] animatedGif(BufferedImage... frames) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(writer.getDefaultStreamMetadata(writer.getDefaultWriteParam()));
      for (BufferedImage frame : frames) {
        writer.writeToSequence(
            new IIOImage(
                frame, null, writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null)),
            null);
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  private static byte[] bigEndian(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] deflate(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out, new Deflater())) {
      deflater.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
