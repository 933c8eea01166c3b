package io.headgraft.dataset;

/**
 * A listed file whose content is known.
 *
 * @param imageId SHA-256 of the file's bytes, hexadecimal
 */
public record IndexedFile(ListedFile file, String imageId) {}
