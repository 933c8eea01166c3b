package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.VisibleText;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.RejectedImageException;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine;

/**
 * Prints a line for each image of a command line; one that cannot be used does not stop the rest.
 */
record ImageLines(CommandLine command, ImageOptions limits, ImageTransform transform) {

  /**
   * Prints all lines.
   *
   * @param line of an image's name and pixels
   * @return the exit code
   */
  int print(List<String> images, BiFunction<String, byte[], String> line) {
    ExitCode exitCode = ExitCode.DONE;
    for (String image : images) {
      try {
        byte[] file = Sources.image(image, limits);
        byte[] pixels = transform.apply(file, List.of(new Augmentation.None())).get(0);
        command.getOut().println(line.apply(image, pixels));
      } catch (RejectedImageException e) {
        command.getErr().println("headgraft: " + VisibleText.line(image + ": " + e.getMessage()));
        exitCode = ExitCode.UNUSABLE;
      } catch (HeadgraftException e) {
        command.getErr().println("headgraft: " + VisibleText.line(e.getMessage()));
        exitCode = e.exitCode();
      }
    }
    return exitCode.code();
  }
}
