package io.headgraft.personalization;

/** What an app answers to a report of progress. */
public sealed interface UpdateResponse {

  /** Goes on as before. */
  UpdateResponse CONTINUE = new Continue();

  /** Stops here. */
  UpdateResponse CANCEL = new Cancel();

  /** Goes on as before. */
  record Continue() implements UpdateResponse {}

  /** Stops here; what has been learnt so far is kept ({@code MLUpdateTask.cancel()}). */
  record Cancel() implements UpdateResponse {}

  /**
   * Goes on with other hyper-parameters ({@code MLUpdateTask.resume(withParameters:)}).
   *
   * @param parameters in which the learning rate and the numbers of the update rule may differ
   */
  record Resume(DeviceOptions parameters) implements UpdateResponse {}
}
