package io.headgraft.backbone;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A published backbone.
 *
 * @param uri where it is published (http or https)
 * @param gitBlob the id under which git keeps the file's content: 40 hexadecimal digits, lower case
 */
public record BackboneRelease(URI uri, String gitBlob) {

  /**
   * SqueezeNet v1.1 as its authors released it (arXiv:1602.07360, BSD licence): 5 MB, for Caffe.
   */
  public static final BackboneRelease SQUEEZENET_V1_1 =
      new BackboneRelease(
          URI.create(
              "https://raw.githubusercontent.com/forresti/SqueezeNet/master/"
                  + "SqueezeNet_v1.1/squeezenet_v1.1.caffemodel"),
          "9d2fc33abf653a6e8b2ee6cc63ede0e72ec67f44");

  public BackboneRelease {
    if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
      throw new IllegalArgumentException("Not an http or https address: " + uri);
    }
    if (!gitBlob.matches("[0-9a-f]{40}")) {
      throw new IllegalArgumentException("Not the id of a git blob: " + gitBlob);
    }
  }

  /** What the file is called in a cache: its id, so that no release hides another, and its name. */
  String fileName() {
    Path name = Path.of(uri.getPath()).getFileName();
    return gitBlob + "-" + Objects.requireNonNullElse(name, "backbone");
  }
}
