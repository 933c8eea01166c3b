package io.headgraft.run;

import io.headgraft.head.Head;

/**
 * A head and what it was trained on: {@code heads/<name>.json}.
 *
 * @param run its id
 * @param pipeline fingerprint of what makes the features
 * @param dataset version of the data set table
 * @param features version of the feature cache
 */
public record TrainedHead(String run, String pipeline, long dataset, long features, Head head) {}
