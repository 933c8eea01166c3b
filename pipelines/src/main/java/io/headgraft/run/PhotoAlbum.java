package io.headgraft.run;

import io.headgraft.dataset.DatasetFiles;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.features.FeaturePipeline;
import io.headgraft.image.Augmentation;
import io.headgraft.image.RejectedImageException;
import io.headgraft.report.Report.Mistake;
import io.headgraft.report.ReportPhotos;
import io.headgraft.report.ReportPhotos.PhotoVariants;
import io.headgraft.report.ReportPhotos.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** Makes the small pictures that a report shows. A photo that is gone by now is left out. */
public final class PhotoAlbum {

  private final FeaturePipeline pipeline;
  private final LabelledDataset dataset;
  private final Configuration hadoop;
  private final ReportOptions options;

  /** Prepares an album of a data set. */
  public PhotoAlbum(
      FeaturePipeline pipeline,
      LabelledDataset dataset,
      Configuration hadoop,
      ReportOptions options) {
    this.pipeline = pipeline;
    this.dataset = dataset;
    this.hadoop = hadoop;
    this.options = options;
  }

  /** The photos of some mistakes, and some training photos with their variants. */
  public ReportPhotos of(List<Mistake> mistakes) {
    Map<String, byte[]> thumbnails = new HashMap<>();
    for (Mistake mistake : mistakes) {
      thumbnails(mistake.path(), List.of(new Augmentation.None()))
          .forEach(jpeg -> thumbnails.put(mistake.imageId(), jpeg));
    }
    List<PhotoVariants> variants = new ArrayList<>();
    if (pipeline.variantCount() > 1) {
      someTrainingPhotos().forEach(image -> variants.add(variants(image)));
    }
    return new ReportPhotos(
        thumbnails, variants.stream().filter(photo -> !photo.variants().isEmpty()).toList());
  }

  /** Of as many labels as can be; ids are hashes, so the first are as good as drawn. */
  private List<LabelledImage> someTrainingPhotos() {
    List<LabelledImage> train =
        dataset.images().stream().filter(image -> image.split() == Split.TRAIN).toList();
    List<LabelledImage> some = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (LabelledImage image : train) {
      if (some.size() < options.variants() && labels.add(image.label())) {
        some.add(image);
      }
    }
    return some;
  }

  private PhotoVariants variants(LabelledImage image) {
    List<Augmentation> augmentations = pipeline.variants(image.imageId());
    List<byte[]> jpegs = thumbnails(image.path(), augmentations);
    List<Variant> variants = new ArrayList<>();
    for (int i = 0; i < jpegs.size(); i++) {
      variants.add(new Variant(augmentations.get(i).name(), jpegs.get(i)));
    }
    return new PhotoVariants(image.label(), variants);
  }

  private List<byte[]> thumbnails(String path, List<Augmentation> augmentations) {
    try {
      byte[] file = DatasetFiles.read(path, hadoop, pipeline.image().maxBytes());
      return pipeline.transform().thumbnails(file, augmentations, options.thumbnail());
    } catch (IOException | RejectedImageException e) {
      return List.of();
    }
  }
}
