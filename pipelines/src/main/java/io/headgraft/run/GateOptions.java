package io.headgraft.run;

/**
 * How much worse than the champion a run's models may be and go live all the same.
 *
 * @param margin that the accuracy's difference may lie below zero, at the lower end of its interval
 * @param recallDrop of a label
 * @param logLossRise in nats
 * @param personalizationMargin that the forecast's harmonic mean may lie below the champion's
 * @param promoteUnmeasured whether models go live that could not be compared with the champion's
 */
public record GateOptions(
    double margin,
    double recallDrop,
    double logLossRise,
    double personalizationMargin,
    boolean promoteUnmeasured) {}
