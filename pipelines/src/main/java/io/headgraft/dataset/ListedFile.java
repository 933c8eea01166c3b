package io.headgraft.dataset;

import java.util.Optional;

/**
 * A file that a data set lists, before it is read.
 *
 * @param path full URI, as Hadoop writes it
 * @param label in Unicode's NFC
 * @param split if the data set names one
 * @param group of images that stay in one split, if the data set names one
 * @param length in bytes
 * @param modified milliseconds since 1970
 */
public record ListedFile(
    String path,
    String label,
    Optional<Split> split,
    Optional<String> group,
    long length,
    long modified) {}
