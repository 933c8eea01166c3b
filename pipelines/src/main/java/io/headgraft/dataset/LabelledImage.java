package io.headgraft.dataset;

/**
 * An image of a data set: content, label and split.
 *
 * @param imageId SHA-256 of the file's bytes, hexadecimal
 * @param path of the file; where the same content lies in several, the first of them
 * @param length in bytes
 * @param group of images that are not independent; the image's id if the data set names none
 */
public record LabelledImage(
    String imageId, String path, long length, String label, String group, Split split) {}
