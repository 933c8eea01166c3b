package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.image.Rejection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Lists a folder of images: {@code <label>/…/image}, or {@code
 * train|validation|test/<label>/…/image}. Hidden files and folders, and what operating systems
 * leave behind, are passed over.
 */
final class FolderListing {

  private static final Set<String> LITTER = Set.of("Thumbs.db", "desktop.ini", "__MACOSX");

  /** What Java makes of bytes that its locale cannot read. */
  private static final char UNREADABLE_CHARACTER = '\uFFFD';

  private static final int FOLDERS_AT_ONCE = 16;

  private final FileSystem files;
  private final List<ListedFile> listed = new ArrayList<>();
  private final List<RejectedFile> rejected = new ArrayList<>();
  private final List<String> emptyLabels = new ArrayList<>();

  private FolderListing(FileSystem files) {
    this.files = files;
  }

  /**
   * Lists a folder.
   *
   * @throws HeadgraftException if there is no such folder, or its layout is neither of the two
   * @throws IOException if it cannot be listed
   */
  static Listing list(Path folder, Configuration hadoop) throws IOException {
    FolderListing listing = new FolderListing(folder.getFileSystem(hadoop));
    listing.listRoot(folder);
    listing.listed.sort(Comparator.comparing(ListedFile::path));
    return new Listing(listing.listed, listing.rejected, listing.emptyLabels);
  }

  private void listRoot(Path folder) throws IOException {
    List<FileStatus> labelFolders = new ArrayList<>();
    List<FileStatus> splitFolders = new ArrayList<>();
    for (FileStatus status : visible(folder)) {
      if (status.isFile()) {
        rejected.add(
            new RejectedFile(
                status.getPath().toString(),
                "",
                Rejection.NO_LABEL,
                "it lies beside the label folders"));
      } else if (Split.parse(status.getPath().getName()).isPresent()) {
        splitFolders.add(status);
      } else {
        labelFolders.add(status);
      }
    }
    if (!splitFolders.isEmpty() && !labelFolders.isEmpty()) {
      throw HeadgraftException.unusable(
          "%s holds both split folders (%s) and others (%s): either every folder is a label, or every one is train, validation or test"
              .formatted(folder, names(splitFolders), names(labelFolders)));
    }
    listLabels(labelFolders, Optional.empty());
    for (FileStatus splitFolder : splitFolders) {
      Optional<Split> split = Split.parse(splitFolder.getPath().getName());
      listLabels(visible(splitFolder.getPath()), split);
    }
  }

  private void listLabels(List<FileStatus> labelFolders, Optional<Split> split) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (FileStatus status : labelFolders) {
      if (status.isFile()) {
        rejected.add(
            new RejectedFile(
                status.getPath().toString(), "", Rejection.NO_LABEL, "it lies in no label folder"));
      } else {
        folders.add(status.getPath());
      }
    }
    List<List<FileStatus>> found =
        ManyRequests.ask(folders, FOLDERS_AT_ONCE, this::visibleFilesBelow);
    for (int i = 0; i < folders.size(); i++) {
      String label = label(folders.get(i).getName());
      if (found.get(i).isEmpty()) {
        emptyLabels.add(label);
      }
      found.get(i).forEach(file -> listed.add(ListedFile.of(file, label, split, Optional.empty())));
    }
  }

  private List<FileStatus> visibleFilesBelow(Path folder) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    if (Stores.isObjectStore(files.getUri())) {
      addFlat(folder, found);
    } else {
      addNested(folder, found);
    }
    return found;
  }

  /**
   * Folders are only parts of names there: a thousand objects a request, however they are nested.
   */
  private void addFlat(Path folder, List<FileStatus> found) throws IOException {
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) {
      FileStatus file = all.next();
      boolean visible = true;
      for (Path part = file.getPath(); !part.equals(folder); part = part.getParent()) {
        visible &= isVisible(part);
      }
      if (visible) {
        found.add(file);
      }
    }
  }

  private void addNested(Path folder, List<FileStatus> found) throws IOException {
    for (FileStatus status : visible(folder)) {
      if (status.isDirectory()) {
        addNested(status.getPath(), found);
      } else {
        found.add(status);
      }
    }
  }

  private List<FileStatus> visible(Path folder) throws IOException {
    FileStatus[] all;
    try {
      if (files.getFileStatus(folder).isFile()) {
        throw HeadgraftException.unusable(
            folder
                + " is a file: give a folder of label folders, or a manifest (.csv, .jsonl, .parquet)");
      }
      all = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      throw HeadgraftException.unusable("There is no folder " + folder, e);
    }
    List<FileStatus> visible = new ArrayList<>();
    for (FileStatus status : all) {
      if (isVisible(status.getPath())) {
        visible.add(status);
      }
    }
    return visible;
  }

  private static boolean isVisible(Path path) {
    String name = path.getName();
    if (name.indexOf(UNREADABLE_CHARACTER) >= 0) {
      throw HeadgraftException.unusable(
          "The name of '%s' cannot be read in this locale: set LC_ALL=C.UTF-8 for the process"
              .formatted(path));
    }
    return !name.startsWith(".") && !LITTER.contains(name);
  }

  static String label(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  private static String names(List<FileStatus> folders) {
    return String.join(
        ", ", folders.stream().map(status -> status.getPath().getName()).sorted().toList());
  }
}
