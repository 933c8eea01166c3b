package org.rapaio.jupyter.kernel.channels;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Stands in for the kernel's class of this name, which lies behind it on the class path. That one
 * marks itself as running only after it has been started: a thread that looks before that is done
 * ends at once, and in version 3.0.1 one notebook in four waited for its kernel in vain. It also
 * ends for good at the first exception, such as that of a message that comes before the kernel is
 * ready for it.
 */
public class LoopThread extends Thread {

  private static final Logger LOGGER = Logger.getLogger(LoopThread.class.getName());

  private final long pause;
  private final Runnable body;
  private volatile boolean ended;

  /**
   * Prepares a loop.
   *
   * @param pause between two turns, in milliseconds
   */
  public LoopThread(String name, long pause, Runnable body) {
    super(name);
    this.pause = pause;
    this.body = body;
  }

  @Override
  public void run() {
    while (!ended) {
      turn();
      try {
        sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void turn() {
    try {
      body.run();
    } catch (RuntimeException e) {
      LOGGER.log(Level.WARNING, getName() + " goes on after an exception", e);
    }
  }

  /** Ends the loop after the turn that is under way. */
  public void shutdown() {
    ended = true;
  }
}
