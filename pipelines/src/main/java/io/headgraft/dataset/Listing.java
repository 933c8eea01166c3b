package io.headgraft.dataset;

import java.util.List;

/**
 * What a data set lists.
 *
 * @param files in the order of their paths
 * @param rejected files that are known to be of no use without reading them
 * @param emptyLabels labels without any file
 */
public record Listing(
    List<ListedFile> files, List<RejectedFile> rejected, List<String> emptyLabels) {}
