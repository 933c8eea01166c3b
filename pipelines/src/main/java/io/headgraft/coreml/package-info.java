/**
 * Core ML models: read, built, described and run. Knows no Spark.
 *
 * <p>A neural network is compiled, layer by layer from the file's own graph, to a TorchScript
 * module that DJL's PyTorch engine runs. The same code therefore computes the features on the
 * cluster and checks the models that are shipped.
 *
 * <p>A layer's type is an {@link io.headgraft.coreml.Operator}, which knows the shapes that it
 * makes and the TorchScript that computes them. Blobs have channels, height and width; recurrent
 * layers, sequences, and the layers that came with version 4 of the format are not run.
 */
package io.headgraft.coreml;
