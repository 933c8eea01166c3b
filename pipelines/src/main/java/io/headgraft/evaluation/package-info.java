/**
 * How good a classifier is, how it compares with others, and how sure we are of it: metrics of one
 * classifier on one split, paired comparisons, calibration and intervals. Plain arithmetic on label
 * indices and probabilities; knows nothing of Spark or of how the classifier was made. Ties between
 * labels go to the lowest index everywhere.
 */
package io.headgraft.evaluation;
