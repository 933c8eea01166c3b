package io.headgraft.personalization;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * An app's handler of progress ({@code MLUpdateProgressHandlers}).
 *
 * @param events that it is called for
 * @param progress says how training goes on
 */
public record UpdateHandlers(
    Set<UpdateEvent> events, Function<UpdateContext, UpdateResponse> progress) {

  /** Called for nothing. */
  public static final UpdateHandlers NONE =
      new UpdateHandlers(EnumSet.noneOf(UpdateEvent.class), context -> UpdateResponse.CONTINUE);

  /** Copies the set. */
  public UpdateHandlers {
    events = Set.copyOf(events);
  }
}
