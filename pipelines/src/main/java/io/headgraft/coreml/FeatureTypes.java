package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ShapeFlexibilityCase;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import java.util.List;
import java.util.Optional;

/** The types of inputs and outputs, compared and measured as Core ML does it. */
final class FeatureTypes {

  private FeatureTypes() {}

  /** Whether two features have one name and the same type. */
  static boolean same(FeatureDescription a, FeatureDescription b) {
    return a.getName().equals(b.getName()) && same(a.getType(), b.getType());
  }

  /**
   * Whether two types are the same: the size and colour space of an image, the data type and shape
   * of an array (or its rank, where the shape is flexible), the keys of a dictionary, the elements
   * of a sequence. That one of them is optional does not matter.
   */
  static boolean same(FeatureType a, FeatureType b) {
    if (a.getTypeCase() != b.getTypeCase()) {
      return false;
    }
    return switch (a.getTypeCase()) {
      case IMAGETYPE -> same(a.getImageType(), b.getImageType());
      case MULTIARRAYTYPE -> same(a.getMultiArrayType(), b.getMultiArrayType());
      case DICTIONARYTYPE ->
          a.getDictionaryType().getKeyTypeCase() == b.getDictionaryType().getKeyTypeCase();
      case SEQUENCETYPE -> a.getSequenceType().getTypeCase() == b.getSequenceType().getTypeCase();
      case STATETYPE -> same(a.getStateType().getArrayType(), b.getStateType().getArrayType());
      case INT64TYPE, DOUBLETYPE, STRINGTYPE, TYPE_NOT_SET -> true;
    };
  }

  private static boolean same(ImageFeatureType a, ImageFeatureType b) {
    return a.getWidth() == b.getWidth()
        && a.getHeight() == b.getHeight()
        && a.getColorSpaceValue() == b.getColorSpaceValue();
  }

  private static boolean same(ArrayFeatureType a, ArrayFeatureType b) {
    return a.getDataTypeValue() == b.getDataTypeValue()
        && rank(a) == rank(b)
        && (isFlexible(a) || isFlexible(b) || a.getShapeList().equals(b.getShapeList()));
  }

  private static boolean isFlexible(ArrayFeatureType array) {
    return array.getShapeFlexibilityCase() != ShapeFlexibilityCase.SHAPEFLEXIBILITY_NOT_SET;
  }

  /** The number of dimensions; of enumerated shapes, the first one's. */
  private static int rank(ArrayFeatureType array) {
    return switch (array.getShapeFlexibilityCase()) {
      case ENUMERATEDSHAPES ->
          array.getEnumeratedShapes().getShapesCount() == 0
              ? 0
              : array.getEnumeratedShapes().getShapes(0).getShapeCount();
      case SHAPERANGE -> array.getShapeRange().getSizeRangesCount();
      case SHAPEFLEXIBILITY_NOT_SET -> array.getShapeCount();
    };
  }

  /**
   * The shape in which a network has an image, or an array of one or three dimensions; empty for
   * what has another type, and where no one shape is given.
   */
  static Optional<Shape> shape(FeatureType type) {
    return switch (type.getTypeCase()) {
      case IMAGETYPE -> {
        ImageFeatureType image = type.getImageType();
        long channels =
            image.getColorSpace() == ColorSpace.RGB || image.getColorSpace() == ColorSpace.BGR
                ? 3
                : 1;
        yield positive(channels, image.getHeight(), image.getWidth());
      }
      case MULTIARRAYTYPE -> {
        List<Long> sides = type.getMultiArrayType().getShapeList();
        yield switch (sides.size()) {
          case 1 -> positive(sides.get(0), 1, 1);
          case 3 -> positive(sides.get(0), sides.get(1), sides.get(2));
          default -> Optional.empty();
        };
      }
      case INT64TYPE,
          DOUBLETYPE,
          STRINGTYPE,
          DICTIONARYTYPE,
          SEQUENCETYPE,
          STATETYPE,
          TYPE_NOT_SET ->
          Optional.empty();
    };
  }

  private static Optional<Shape> positive(long channels, long height, long width) {
    return channels > 0 && height > 0 && width > 0
        ? Optional.of(new Shape(channels, height, width))
        : Optional.empty();
  }
}
