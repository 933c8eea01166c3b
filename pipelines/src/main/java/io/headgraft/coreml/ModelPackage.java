package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * A {@code .mlpackage}: a folder that holds a model and a manifest that says where it lies. What
 * Xcode takes and edits, beside the single {@code .mlmodel} file.
 */
public final class ModelPackage {

  /** How the folder's name ends. */
  public static final String SUFFIX = ".mlpackage";

  /** The file in the folder that says where the model lies. */
  public static final String MANIFEST = "Manifest.json";

  private static final String DATA = "Data/";
  private static final String AUTHOR = "com.apple.CoreML";
  private static final String MODEL = "model.mlmodel";

  private ModelPackage() {}

  /**
   * The files of a package by their paths in the folder, the same bytes for the same model.
   *
   * @param model the bytes of a {@code .mlmodel} file
   */
  public static Map<String, byte[]> files(byte[] model) {
    String id = identifier(model);
    String path = AUTHOR + "/" + MODEL;
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("author", AUTHOR);
    item.put("description", "CoreML Model Specification");
    item.put("name", MODEL);
    item.put("path", path);
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("fileFormatVersion", "1.0.0");
    manifest.put("itemInfoEntries", Map.of(id, item));
    manifest.put("rootModelIdentifier", id);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(DATA + path, model);
    files.put(MANIFEST, Json.pretty(manifest));
    return files;
  }

  /** A name from content: version 8 of RFC 9562, whose other bits are free. */
  private static String identifier(byte[] model) {
    ByteBuffer digest = ByteBuffer.wrap(Sha256.begin().digest(model));
    long high = (digest.getLong() & ~0xF000L) | 0x8000L;
    long low = (digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | (1L << 63);
    return new UUID(high, low).toString().toUpperCase(Locale.ROOT);
  }

  /**
   * Where the model lies in its folder.
   *
   * @param manifest the bytes of {@link #MANIFEST}
   * @param name what to call the package in messages
   * @throws HeadgraftException if the manifest names no model, or one outside the package
   */
  @SuppressWarnings("unchecked")
  public static String rootModel(byte[] manifest, String name) {
    Map<String, Object> root = Json.read(manifest, Map.class, name + "/" + MANIFEST);
    if (root != null
        && root.get("itemInfoEntries") instanceof Map<?, ?> items
        && items.get(root.get("rootModelIdentifier")) instanceof Map<?, ?> item
        && item.get("path") instanceof String path) {
      requireInside(path, name);
      return DATA + path;
    }
    throw HeadgraftException.unusable(
        "%s is not a Core ML package: its %s names no model".formatted(name, MANIFEST));
  }

  private static void requireInside(String path, String name) {
    List<String> parts = Arrays.asList(path.split("/", -1));
    if (path.contains("\\") || path.contains(":") || parts.contains("") || parts.contains("..")) {
      throw HeadgraftException.unusable(
          "%s is not a Core ML package: its model's path '%s' leads out of it"
              .formatted(name, path));
    }
  }
}
