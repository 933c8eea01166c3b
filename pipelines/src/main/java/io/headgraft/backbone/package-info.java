/**
 * The frozen network that turns an image into features: where it comes from (the released Caffe
 * model, a Core ML file, or untrained weights), what it looks like as a Core ML model, and how it
 * is run on the cluster.
 *
 * <p>Whatever its source, a backbone is a Core ML model from here on: the very graph that computes
 * the features is the one that is shipped to phones.
 */
package io.headgraft.backbone;
