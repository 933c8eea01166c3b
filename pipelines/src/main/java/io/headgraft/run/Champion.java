package io.headgraft.run;

/**
 * The run whose models are live: {@code champion.json}.
 *
 * @param run its id
 */
public record Champion(String run) {}
