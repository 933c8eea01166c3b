package io.headgraft.coreml;

/** What computes the convolutions of a compiled network. */
enum Convolutions {
  /** Intel's library, on processors only. */
  ONE_DNN,

  /** Whatever the device has, cuDNN on a GPU. */
  ANYWHERE
}
