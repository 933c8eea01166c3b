package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.image.Rejection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Lists a folder of images: {@code <label>/…/image}, or {@code
 * train|validation|test/<label>/…/image}. Hidden files and folders, and what operating systems
 * leave behind, are passed over. Links are followed, also out of the folder, but none to a folder
 * that the same label has already.
 */
final class FolderListing {

  private static final Set<String> LITTER = Set.of("Thumbs.db", "desktop.ini", "__MACOSX");

  private static final int FOLDERS_AT_ONCE = 16;

  private final FileSystem files;
  private final boolean local;
  private final List<ListedFile> listed = new ArrayList<>();
  private final List<RejectedFile> rejected = new ArrayList<>();
  private final List<String> emptyLabels = new ArrayList<>();

  /** Local folders, and links to them, that hold the label's folder, or are listed already. */
  private final Set<Object> seen = new HashSet<>();

  private FolderListing(FileSystem files) {
    this.files = files;
    this.local = files instanceof LocalFileSystem;
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
    for (FileStatus status : visible(folder, "")) {
      if (status.isFile()) {
        reject(status.getPath(), "", Rejection.NO_LABEL, "it lies beside the label folders");
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
    listLabels(labelFolders, Optional.empty(), List.of(folder));
    for (FileStatus splitFolder : splitFolders) {
      Optional<Split> split = Split.parse(splitFolder.getPath().getName());
      listLabels(visible(splitFolder.getPath(), ""), split, List.of(folder, splitFolder.getPath()));
    }
  }

  private void listLabels(List<FileStatus> labelFolders, Optional<Split> split, List<Path> above)
      throws IOException {
    List<Path> folders = new ArrayList<>();
    for (FileStatus status : labelFolders) {
      if (status.isFile()) {
        reject(status.getPath(), "", Rejection.NO_LABEL, "it lies in no label folder");
      } else {
        folders.add(status.getPath());
      }
    }
    if (Stores.isObjectStore(files.getUri())) {
      listObjects(folders, split);
    } else {
      for (Path folder : folders) {
        String label = label(folder.getName());
        int before = listed.size();
        listLabel(folder, label, split, above);
        if (listed.size() == before) {
          emptyLabels.add(label);
        }
      }
    }
  }

  private void listObjects(List<Path> folders, Optional<Split> split) throws IOException {
    List<List<FileStatus>> found =
        ManyRequests.ask(folders, FOLDERS_AT_ONCE, this::visibleObjectsBelow);
    for (int i = 0; i < folders.size(); i++) {
      String label = label(folders.get(i).getName());
      if (found.get(i).isEmpty()) {
        emptyLabels.add(label);
      }
      found.get(i).forEach(file -> listed.add(ListedFile.of(file, label, split, Optional.empty())));
    }
  }

  /** Folders are only parts of names: a thousand objects a request, however they are nested. */
  private List<FileStatus> visibleObjectsBelow(Path folder) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) {
      FileStatus file = all.next();
      boolean visible = true;
      for (Path part = file.getPath(); !part.equals(folder); part = part.getParent()) {
        visible &= isVisible(part.getName());
      }
      if (visible) {
        found.add(file);
      }
    }
    return found;
  }

  /** Real folders before the links to them; each folder once, however many links lead to it. */
  private void listLabel(Path folder, String label, Optional<Split> split, List<Path> above)
      throws IOException {
    seen.clear();
    for (Path each : above) {
      isNew(each);
    }
    Deque<Path> links = new ArrayDeque<>(List.of(folder));
    while (!links.isEmpty()) {
      Path next = links.remove();
      if (isNew(next)) {
        listFiles(next, label, split, links);
      } else {
        reject(next, label, Rejection.DUPLICATE, "it is a link to a folder that is listed already");
      }
    }
  }

  private void listFiles(Path folder, String label, Optional<Split> split, Deque<Path> links)
      throws IOException {
    for (FileStatus status : visible(folder, label)) {
      Path path = status.getPath();
      if (status.isFile()) {
        listed.add(ListedFile.of(status, label, split, Optional.empty()));
      } else if (local && LocalFolders.isLink(path)) {
        links.add(path);
      } else if (isNew(path)) {
        listFiles(path, label, split, links);
      }
    }
  }

  /** Elsewhere there are no links. */
  private boolean isNew(Path folder) throws IOException {
    return !local || seen.add(LocalFolders.key(folder));
  }

  private void reject(Path path, String label, Rejection reason, String detail) {
    rejected.add(new RejectedFile(path.toString(), label, reason, detail));
  }

  private List<FileStatus> visible(Path folder, String label) throws IOException {
    try {
      if (files.getFileStatus(folder).isFile()) {
        throw HeadgraftException.unusable(
            folder
                + " is a file: give a folder of label folders, or a manifest (.csv, .jsonl, .parquet)");
      }
      return local
          ? LocalFolders.list(
              files.makeQualified(folder),
              FolderListing::isVisible,
              (path, why) -> reject(path, label, Rejection.UNREADABLE, why))
          : Arrays.stream(files.listStatus(folder))
              .filter(status -> isVisible(status.getPath().getName()))
              .toList();
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw HeadgraftException.unusable("There is no folder " + folder, e);
    }
  }

  private static boolean isVisible(String name) {
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
