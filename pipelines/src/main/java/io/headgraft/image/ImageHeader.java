package io.headgraft.image;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the decoder has to know of a file that its format's reader found complete.
 *
 * @param codec who decodes the picture
 * @param transparency what to do to its pixels that are not opaque
 * @param orientation the EXIF orientation that is left to be applied, 1 (upright) to 8
 * @param pixels width times height; twice that of a progressive JPEG, which libjpeg keeps as
 *     coefficients until its last scan
 * @param reducible the shorter side, in pixels, of a picture that can be decoded at a fraction of
 *     its size; 0 of one that cannot
 */
record ImageHeader(
    Codec codec, Transparency transparency, int orientation, long pixels, int reducible) {

  /** As its format's reader leaves it to be decoded at its size. */
  ImageHeader(Codec codec, Transparency transparency, int orientation, long pixels) {
    this(codec, transparency, orientation, pixels, 0);
  }

  /** Who decodes the picture. */
  enum Codec {
    OPENCV,
    /** The presets' OpenCV is built without its GIF decoder; the JDK has one. */
    JDK
  }

  /** How transparency is stored. */
  sealed interface Transparency {
    /** Each pixel is opaque. */
    record Opaque() implements Transparency {}

    /** A fourth channel; the colours are as they look where the picture is opaque. */
    record Straight() implements Transparency {}

    /** A fourth channel that the colours are multiplied with already. */
    record Premultiplied() implements Transparency {}

    /**
     * One grey level stands for transparent.
     *
     * @param level in the decoded picture's depth
     */
    record GreyLevel(int level) implements Transparency {}
  }

  static final Transparency OPAQUE = new Transparency.Opaque();

  /** What metadata-extractor knows and is no still picture. */
  private static final Set<FileType> NO_IMAGES =
      EnumSet.of(
          FileType.Unknown,
          FileType.Riff,
          FileType.Wav,
          FileType.Avi,
          FileType.QuickTime,
          FileType.Mp4,
          FileType.Mp3,
          FileType.Aac,
          FileType.Asf,
          FileType.Cfbf,
          FileType.Flv,
          FileType.Indd,
          FileType.Mxf,
          FileType.Pdf,
          FileType.Qxp,
          FileType.Ram,
          FileType.Rtf,
          FileType.Sit,
          FileType.Sitx,
          FileType.Swf,
          FileType.Vob,
          FileType.Zip);

  /**
   * The pixels that the picture counts for while it is decoded. One that is not opaque is stored
   * with up to eight bytes a pixel, beside the three of the result.
   */
  long cost() {
    return transparency.equals(OPAQUE) ? pixels : 2 * pixels;
  }

  static ImageHeader opaque(int orientation, long pixels) {
    return new ImageHeader(Codec.OPENCV, OPAQUE, orientation, pixels);
  }

  /**
   * @throws RejectedImageException if the file is not a picture that can be used
   */
  static ImageHeader read(byte[] file, ImageOptions options) {
    FileType type = detect(file);
    if (NO_IMAGES.contains(type)) {
      throw new RejectedImageException(
          Rejection.NOT_AN_IMAGE,
          type == FileType.Unknown
              ? "the file begins like no known image type"
              : "the file is " + type.getName());
    }
    // Not all of the many types have a reader, so here, exceptionally, a default.
    return switch (type) {
      case Jpeg -> new JpegReader(file, options).read();
      case Png -> new PngReader(file, options).read();
      case Gif -> new GifReader(file, options).read();
      case WebP -> new WebpReader(file, options).read();
      case Bmp -> new BmpReader(file, options).read();
      case Tiff -> new TiffReader(file, options).read();
      default ->
          throw new RejectedImageException(
              Rejection.UNSUPPORTED_FORMAT,
              type.getName() + " is not read, only JPEG, PNG, GIF, BMP, WebP and TIFF are");
    };
  }

  private static FileType detect(byte[] file) {
    try (ByteArrayInputStream in = new ByteArrayInputStream(file)) {
      return FileTypeDetector.detectFileType(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
