package io.headgraft.dataset;

import io.headgraft.image.Rejection;

/**
 * A file that is not used.
 *
 * @param label empty if the file has none
 * @param detail what was found, for people
 */
public record RejectedFile(String path, String label, Rejection reason, String detail) {}
