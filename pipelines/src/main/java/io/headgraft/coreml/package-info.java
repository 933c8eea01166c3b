/**
 * Core ML models: read, built, described and run. Knows no Spark.
 *
 * <p>A neural network is compiled, layer by layer from the file's own graph, to a TorchScript
 * module that DJL's PyTorch engine runs. The same code therefore computes the features on the
 * cluster and checks the models that are shipped.
 */
package io.headgraft.coreml;
