package io.headgraft.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks a file system for many things at once: a store across a network takes its time for each. */
final class ManyRequests {

  /** Something to ask. */
  interface Request<T, R> {
    R of(T thing) throws IOException;
  }

  private ManyRequests() {}

  /**
   * Asks for some things, on threads of their own.
   *
   * @param atOnce at most, at least 1
   * @return the answers, in the order of the things
   * @throws IOException if one cannot be had; the others are not waited for
   */
  static <T, R> List<R> ask(List<T> things, int atOnce, Request<T, R> request) throws IOException {
    if (things.isEmpty()) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(atOnce, things.size()));
    try {
      List<Future<R>> pending = new ArrayList<>();
      things.forEach(thing -> pending.add(threads.submit(() -> request.of(thing))));
      List<R> answers = new ArrayList<>();
      for (Future<R> each : pending) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking a file system", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
