package io.headgraft.run;

import io.headgraft.head.Checkpoints;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/** Checkpoints in a work directory, which executors reach too. */
public final class WorkDirectoryCheckpoints implements Checkpoints {

  private static final long serialVersionUID = 1L;

  private static final String FOLDER = "checkpoints";

  private final String uri;
  private final SerializableConfiguration hadoop;
  private transient WorkDirectory directory;

  /**
   * Names a work directory.
   *
   * @param uri of the work directory
   */
  public WorkDirectoryCheckpoints(String uri, Configuration hadoop) {
    this.uri = uri;
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  @Override
  public Optional<byte[]> read(String name) {
    return directory().find(FOLDER + "/" + name);
  }

  @Override
  public void write(String name, byte[] content) {
    directory().write(FOLDER + "/" + name, content);
  }

  /** Forgets all of them: what they lead to is there. */
  public void clear() {
    directory().delete(FOLDER);
  }

  private WorkDirectory directory() {
    if (directory == null) {
      // Each task has one: that it can be written to is known.
      directory = WorkDirectory.at(uri, hadoop.value());
    }
    return directory;
  }
}
