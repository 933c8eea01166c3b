package io.headgraft.evaluation;

/**
 * One bin of a reliability diagram.
 *
 * @param from confidence, exclusive
 * @param to confidence, inclusive
 * @param count of the examples in it, at least 1
 * @param interval of the accuracy
 */
public record Reliability(
    double from, double to, int count, double meanConfidence, double accuracy, Interval interval) {}
