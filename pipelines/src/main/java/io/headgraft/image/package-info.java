/**
 * One file's bytes to a network's inputs: decode, orient, flip, rotate and crop, resize, change
 * light and colour, blur, add noise.
 *
 * <p>{@link io.headgraft.image.ImageTransform} is the way in; {@link
 * io.headgraft.image.AugmentationSpec} says which variants an image has. Whether a file is used at
 * all is decided before a pixel is decoded, by walking the file's own structure (markers, chunks,
 * blocks) once: that yields the dimensions, the orientation, whether the picture moves, and whether
 * the file is complete. The decoders cannot be asked the last: for a picture that is cut off,
 * libjpeg makes up the rest and reports a warning at most, on stderr.
 *
 * <p>JPEG, PNG, GIF, BMP, WebP and TIFF are read; any other known type is refused by its name. What
 * a file is called plays no part.
 */
package io.headgraft.image;
