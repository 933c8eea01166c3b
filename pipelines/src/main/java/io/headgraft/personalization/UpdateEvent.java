package io.headgraft.personalization;

/** When Core ML reports progress ({@code MLUpdateProgressEvent}). */
public enum UpdateEvent {
  /** Before the first mini-batch. */
  TRAINING_BEGIN,
  /** After each mini-batch. */
  MINI_BATCH_END,
  /** After the last mini-batch of each epoch, and after its own event. */
  EPOCH_END
}
