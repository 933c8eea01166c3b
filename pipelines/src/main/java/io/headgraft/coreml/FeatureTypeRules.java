package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.ArrayFeatureType.EnumeratedShapes;
import io.headgraft.coreml.proto.DictionaryFeatureType.KeyTypeCase;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.EnumeratedImageSizes;
import io.headgraft.coreml.proto.ImageFeatureType.ImageSize;
import io.headgraft.coreml.proto.SequenceFeatureType;
import io.headgraft.coreml.proto.SizeRange;
import java.util.List;
import java.util.Optional;

/** What makes the type of an input or output complete, in a version of the format. */
final class FeatureTypeRules {

  /** Sizes may vary, and there are sequences. */
  private static final int FLEXIBLE_VERSION = 3;

  /** Arrays and images of half-precision numbers. */
  private static final int HALF_PRECISION_VERSION = 7;

  private static final int STATE_VERSION = 9;
  private static final int INT8_VERSION = 10;

  private final int version;
  private final boolean input;

  /**
   * @param version of the model
   * @param input whether these are the types of inputs: what arrives needs a shape
   */
  FeatureTypeRules(int version, boolean input) {
    this.version = version;
    this.input = input;
  }

  /** What is wrong with a type, as a clause; empty if nothing is. */
  Optional<String> flaw(FeatureType type) {
    return Optional.ofNullable(
        switch (type.getTypeCase()) {
          case INT64TYPE, DOUBLETYPE, STRINGTYPE -> null;
          case IMAGETYPE -> image(type.getImageType());
          case MULTIARRAYTYPE -> array(type.getMultiArrayType());
          case DICTIONARYTYPE ->
              type.getDictionaryType().getKeyTypeCase() == KeyTypeCase.KEYTYPE_NOT_SET
                  ? "its dictionary has no type of keys; give it text or integers"
                  : null;
          case SEQUENCETYPE -> sequence(type.getSequenceType());
          case STATETYPE -> state(type);
          case TYPE_NOT_SET -> "it has no type";
        });
  }

  private String image(ImageFeatureType image) {
    long width = image.getWidth();
    long height = image.getHeight();
    boolean sized = width > 0 && height > 0;
    if (version >= FLEXIBLE_VERSION) {
      String flaw = flexibility(image, sized);
      if (flaw != null) {
        return flaw;
      }
      if (!sized && image.hasEnumeratedSizes()) {
        width = image.getEnumeratedSizes().getSizes(0).getWidth();
        height = image.getEnumeratedSizes().getSizes(0).getHeight();
      } else if (!sized && image.hasImageSizeRange()) {
        width = image.getImageSizeRange().getWidthRange().getLowerBound();
        height = image.getImageSizeRange().getHeightRange().getLowerBound();
      }
    }
    if (width <= 0 || height <= 0) {
      return "its image is %d × %d pixels, not at least one".formatted(width, height);
    }
    return switch (image.getColorSpace()) {
      case RGB, BGR, GRAYSCALE -> null;
      case GRAYSCALE_FLOAT16 -> since(HALF_PRECISION_VERSION, "the colour space GRAYSCALE_FLOAT16");
      case INVALID_COLOR_SPACE, UNRECOGNIZED ->
          "its image has no colour space; give it RGB, BGR or GRAYSCALE";
    };
  }

  private static String flexibility(ImageFeatureType image, boolean sized) {
    return switch (image.getSizeFlexibilityCase()) {
      case ENUMERATEDSIZES -> enumerated(image, image.getEnumeratedSizes(), sized);
      case IMAGESIZERANGE -> {
        SizeRange widths = image.getImageSizeRange().getWidthRange();
        SizeRange heights = image.getImageSizeRange().getHeightRange();
        if (isEmpty(widths) || isEmpty(heights)) {
          yield "its range of sizes ends before it begins";
        }
        yield !sized || (holds(widths, image.getWidth()) && holds(heights, image.getHeight()))
            ? null
            : "its size of %d × %d pixels is not in its range of sizes"
                .formatted(image.getWidth(), image.getHeight());
      }
      case SIZEFLEXIBILITY_NOT_SET -> null;
    };
  }

  private static String enumerated(
      ImageFeatureType image, EnumeratedImageSizes sizes, boolean sized) {
    if (sizes.getSizesCount() == 0) {
      return "its list of sizes is empty";
    }
    ImageSize own =
        ImageSize.newBuilder().setWidth(image.getWidth()).setHeight(image.getHeight()).build();
    return !sized || sizes.getSizesList().contains(own)
        ? null
        : "its size of %d × %d pixels is not in its list of sizes"
            .formatted(image.getWidth(), image.getHeight());
  }

  private String array(ArrayFeatureType array) {
    List<Long> shape = array.getShapeList();
    boolean flexible = false;
    if (version >= FLEXIBLE_VERSION) {
      String flaw = flexibility(array);
      if (flaw != null) {
        return flaw;
      }
      flexible = array.hasEnumeratedShapes() || array.hasShapeRange();
    }
    if (input && shape.isEmpty() && !flexible) {
      return "its array has no shape";
    }
    if (shape.stream().anyMatch(side -> side < 0)) {
      return "its array has a side of %d"
          .formatted(shape.stream().filter(side -> side < 0).findFirst().orElseThrow());
    }
    String flaw =
        switch (array.getDataType()) {
          case DOUBLE, FLOAT32, INT32 -> null;
          case FLOAT16 -> since(HALF_PRECISION_VERSION, "an array of FLOAT16");
          case INT8 -> since(INT8_VERSION, "an array of INT8");
          case INVALID_ARRAY_DATA_TYPE, UNRECOGNIZED ->
              "its array has no data type; give it FLOAT32, DOUBLE or INT32";
        };
    return flaw == null && !defaultFits(array)
        ? "its default value has not the array's data type " + array.getDataType()
        : flaw;
  }

  private static boolean defaultFits(ArrayFeatureType array) {
    ArrayDataType type = array.getDataType();
    return switch (array.getDefaultOptionalValueCase()) {
      case DOUBLEDEFAULTVALUE -> type == ArrayDataType.DOUBLE;
      case FLOATDEFAULTVALUE -> type == ArrayDataType.FLOAT32 || type == ArrayDataType.FLOAT16;
      case INTDEFAULTVALUE -> type == ArrayDataType.INT32 || type == ArrayDataType.INT8;
      case DEFAULTOPTIONALVALUE_NOT_SET -> true;
    };
  }

  private static String flexibility(ArrayFeatureType array) {
    return switch (array.getShapeFlexibilityCase()) {
      case ENUMERATEDSHAPES -> enumerated(array.getShapeList(), array.getEnumeratedShapes());
      case SHAPERANGE -> ranges(array.getShapeList(), array.getShapeRange().getSizeRangesList());
      case SHAPEFLEXIBILITY_NOT_SET -> null;
    };
  }

  private static String enumerated(List<Long> own, EnumeratedShapes shapes) {
    if (shapes.getShapesCount() == 0
        || shapes.getShapesList().stream().anyMatch(shape -> shape.getShapeCount() == 0)) {
      return "its list of shapes is empty, or one of them is";
    }
    return own.isEmpty()
            || shapes.getShapesList().stream().anyMatch(shape -> shape.getShapeList().equals(own))
        ? null
        : "its shape is not in its list of shapes";
  }

  private static String ranges(List<Long> own, List<SizeRange> ranges) {
    if (ranges.stream().anyMatch(FeatureTypeRules::isEmpty)) {
      return "its range of shapes ends before it begins";
    }
    if (own.isEmpty()) {
      return null;
    }
    boolean inside = own.size() == ranges.size();
    for (int i = 0; inside && i < ranges.size(); i++) {
      inside = holds(ranges.get(i), own.get(i));
    }
    return inside ? null : "its shape is not in its range of shapes";
  }

  private String sequence(SequenceFeatureType sequence) {
    if (version < FLEXIBLE_VERSION) {
      return since(FLEXIBLE_VERSION, "a sequence");
    }
    if (isEmpty(sequence.getSizeRange())) {
      return "its range of lengths ends before it begins";
    }
    return sequence.getTypeCase() == SequenceFeatureType.TypeCase.TYPE_NOT_SET
        ? "its sequence has no type of elements; give it text or integers"
        : null;
  }

  private String state(FeatureType type) {
    if (!input) {
      return "an output cannot be a state";
    }
    if (type.getIsOptional() || type.getStateType().getArrayType().getShapeCount() == 0) {
      return "a state has a shape and is not optional";
    }
    return since(STATE_VERSION, "a state");
  }

  private String since(int first, String what) {
    return version >= first ? null : "%s needs specification version %d".formatted(what, first);
  }

  /** An upper bound of zero or less is none. */
  private static boolean isEmpty(SizeRange range) {
    return range.getUpperBound() > 0
        && Long.compareUnsigned(range.getLowerBound(), range.getUpperBound()) > 0;
  }

  private static boolean holds(SizeRange range, long size) {
    return Long.compareUnsigned(range.getLowerBound(), size) <= 0
        && (range.getUpperBound() < 0 || size <= range.getUpperBound());
  }
}
