package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ClassLabels;
import io.headgraft.coreml.proto.Model;
import io.headgraft.dataset.LabelledImage;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user calls placeholders. A phone cannot do that: class labels are fixed while a model is
 * updated, and an app keeps the user's word beside the file. Here the word goes into the written
 * model, so that whoever predicts, evaluates or personalizes with it next needs no such list; the
 * weights are a phone's all the same, and its metadata says which placeholder it was.
 *
 * @param placeholders those of the model that stand for nothing yet
 * @param names of some of its labels
 */
record UserLabels(List<String> placeholders, Map<String, String> names) {

  /**
   * Checks the names.
   *
   * @param phone the model, with the names that it has
   * @param names of some of its labels
   * @throws HeadgraftException (exit code 2) if there is no such label, it is no placeholder, or
   *     two labels would be called the same
   */
  static UserLabels of(Model model, PhoneModel phone, Map<String, String> names, String file) {
    List<String> labels = phone.labels();
    List<String> placeholders = ClassLabels.placeholders(model);
    if (phone.takesAnyLabel() && !names.isEmpty()) {
      throw HeadgraftException.usage(
          "--label is given, but %s is one of nearest neighbours, which take the photos' labels as they are: leave it out"
              .formatted(file));
    }
    Map<String, String> normalized = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>(labels);
    names.forEach(
        (label, name) -> {
          String text = PhotoValues.normalized(name);
          if (!labels.contains(label)) {
            throw HeadgraftException.usage(
                "--label %s=%s: %s has no label '%s'; %s"
                    .formatted(label, name, file, label, free(placeholders)));
          }
          if (!placeholders.isEmpty() && !placeholders.contains(label)) {
            throw HeadgraftException.usage(
                "--label %s=%s: '%s' is no placeholder of %s; %s"
                    .formatted(label, name, label, file, free(placeholders)));
          }
          if (text.isBlank() || !taken.add(text)) {
            throw HeadgraftException.usage(
                "--label %s=%s: %s"
                    .formatted(
                        label,
                        name,
                        text.isBlank()
                            ? "a label cannot be empty"
                            : "there is a label '%s' already".formatted(text)));
          }
          normalized.put(label, text);
        });
    return new UserLabels(placeholders, normalized);
  }

  private static String free(List<String> placeholders) {
    return placeholders.isEmpty()
        ? "it says of none that it is free"
        : "free are " + String.join(", ", placeholders);
  }

  /**
   * The labels that stand for something new, by their names now.
   *
   * @param trained labels of photos
   * @param known labels of the model, by their names before
   */
  Set<String> added(Collection<String> trained, List<String> known) {
    Set<String> added = new LinkedHashSet<>(names.values());
    trained.stream()
        .filter(label -> placeholders.contains(label) || !normalized(known).contains(label))
        .sorted()
        .forEach(added::add);
    return added;
  }

  /** Whether a label is not one of those that the model knew. */
  boolean isNew(String label, Set<String> added) {
    return placeholders.contains(label) || added.contains(PhotoValues.normalized(label));
  }

  private static List<String> normalized(List<String> labels) {
    return labels.stream().map(PhotoValues::normalized).toList();
  }

  /**
   * Checks that the model has a place for the label of each photo.
   *
   * @param folder where the photos come from
   * @param phone with its new names
   * @throws HeadgraftException (exit code 3) with the labels that have none, and the way out
   */
  void requirePlaces(List<LabelledImage> photos, String folder, PhoneModel phone, String file) {
    Set<String> unknown = new TreeSet<>();
    photos.forEach(photo -> unknown.add(photo.label()));
    normalized(phone.labels()).forEach(unknown::remove);
    if (unknown.isEmpty() || phone.takesAnyLabel()) {
      return;
    }
    List<String> left = placeholders.stream().filter(label -> !names.containsKey(label)).toList();
    String first = unknown.iterator().next();
    throw HeadgraftException.unusable(
        "%s holds photos of %s, which %s does not know; %s"
            .formatted(
                folder,
                unknown,
                file,
                left.isEmpty()
                    ? "it has no free placeholder: leave these photos out, or train it anew with them"
                    : "its free placeholders are %s: name one with --label %s=%s"
                        .formatted(String.join(", ", left), left.get(0), first)));
  }
}
