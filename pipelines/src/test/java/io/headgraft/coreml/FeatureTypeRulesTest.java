package io.headgraft.coreml;

import static io.headgraft.coreml.ValidModels.array;
import static io.headgraft.coreml.ValidModels.imageOf;
import static io.headgraft.coreml.ValidModels.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.ArrayFeatureType.EnumeratedShapes;
import io.headgraft.coreml.proto.ArrayFeatureType.ShapeRange;
import io.headgraft.coreml.proto.DictionaryFeatureType;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.ImageFeatureType.EnumeratedImageSizes;
import io.headgraft.coreml.proto.ImageFeatureType.ImageSize;
import io.headgraft.coreml.proto.ImageFeatureType.ImageSizeRange;
import io.headgraft.coreml.proto.SequenceFeatureType;
import io.headgraft.coreml.proto.SizeRange;
import io.headgraft.coreml.proto.StateFeatureType;
import io.headgraft.coreml.proto.StringFeatureType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureTypeRulesTest {

  /**
   * A type, and what is said of it as an input of a model.
   *
   * @param flaw empty if it is complete
   */
  private record Case(int version, FeatureType type, String flaw) {}

  static Stream<Case> images() {
    return Stream.of(
        new Case(1, imageOf(ColorSpace.GRAYSCALE, 1, 1), ""),
        new Case(1, imageOf(ColorSpace.RGB, 0, 1), "its image is 1 × 0 pixels, not at least one"),
        new Case(1, imageOf(ColorSpace.RGB, 1, -5), "its image is -5 × 1 pixels, not at least one"),
        new Case(
            1,
            imageOf(ColorSpace.INVALID_COLOR_SPACE, 1, 1),
            "its image has no colour space; give it RGB, BGR or GRAYSCALE"),
        new Case(7, imageOf(ColorSpace.GRAYSCALE_FLOAT16, 1, 1), ""),
        new Case(
            6,
            imageOf(ColorSpace.GRAYSCALE_FLOAT16, 1, 1),
            "the colour space GRAYSCALE_FLOAT16 needs specification version 7"),
        new Case(3, enumerated(0, 0, 8, 16), ""),
        new Case(3, enumerated(16, 16, 8, 16), ""),
        new Case(2, enumerated(12, 12, 8, 16), ""),
        new Case(
            3, enumerated(12, 12, 8, 16), "its size of 12 × 12 pixels is not in its list of sizes"),
        new Case(3, enumerated(12, 12), "its list of sizes is empty"),
        new Case(3, ranged(8, 8, 16), ""),
        new Case(3, ranged(0, 8, 16), ""),
        new Case(3, ranged(100, 8, -1), ""),
        new Case(3, ranged(17, 8, 16), "its size of 17 × 17 pixels is not in its range of sizes"),
        new Case(3, ranged(9, 9, 8), "its range of sizes ends before it begins"));
  }

  private static FeatureType enumerated(int width, int height, int... sides) {
    EnumeratedImageSizes.Builder sizes = EnumeratedImageSizes.newBuilder();
    for (int side : sides) {
      sizes.addSizes(ImageSize.newBuilder().setWidth(side).setHeight(side));
    }
    FeatureType.Builder type = imageOf(ColorSpace.RGB, height, width).toBuilder();
    type.getImageTypeBuilder().setEnumeratedSizes(sizes);
    return type.build();
  }

  private static FeatureType ranged(int side, long least, long most) {
    FeatureType.Builder type = imageOf(ColorSpace.RGB, side, side).toBuilder();
    type.getImageTypeBuilder()
        .setImageSizeRange(
            ImageSizeRange.newBuilder()
                .setWidthRange(range(least, most))
                .setHeightRange(range(least, most)));
    return type.build();
  }

  private static SizeRange range(long least, long most) {
    return SizeRange.newBuilder().setLowerBound(least).setUpperBound(most).build();
  }

  static Stream<Case> arrays() {
    return Stream.of(
        new Case(1, array(1), ""),
        new Case(1, array(), "its array has no shape"),
        new Case(1, array(2, -1), "its array has a side of -1"),
        new Case(
            1,
            ofType(ArrayDataType.INVALID_ARRAY_DATA_TYPE),
            "its array has no data type; give it FLOAT32, DOUBLE or INT32"),
        new Case(
            6, ofType(ArrayDataType.FLOAT16), "an array of FLOAT16 needs specification version 7"),
        new Case(7, ofType(ArrayDataType.FLOAT16), ""),
        new Case(9, ofType(ArrayDataType.INT8), "an array of INT8 needs specification version 10"),
        new Case(10, ofType(ArrayDataType.INT8), ""),
        new Case(3, shapes(List.of(), List.of(4L), List.of(5L)), ""),
        new Case(2, shapes(List.of(), List.of(4L)), "its array has no shape"),
        new Case(3, shapes(List.of(5L), List.of(4L), List.of(5L)), ""),
        new Case(3, shapes(List.of(6L), List.of(4L)), "its shape is not in its list of shapes"),
        new Case(
            3, shapes(List.of(6L), List.of()), "its list of shapes is empty, or one of them is"),
        new Case(3, ranges(List.of(4L, 4L), range(1, 4), range(4, -1)), ""),
        new Case(
            3,
            ranges(List.of(4L, 4L), range(1, 4), range(5, -1)),
            "its shape is not in its range of shapes"),
        new Case(
            3,
            ranges(List.of(4L), range(1, 4), range(4, 4)),
            "its shape is not in its range of shapes"),
        new Case(3, ranges(List.of(), range(5, 4)), "its range of shapes ends before it begins"),
        new Case(
            1,
            withDefault(ArrayDataType.INT32),
            "its default value has not the array's data type INT32"),
        new Case(1, withDefault(ArrayDataType.FLOAT32), ""));
  }

  private static FeatureType ofType(ArrayDataType type) {
    return of(ArrayFeatureType.newBuilder().addShape(1).setDataType(type));
  }

  private static FeatureType withDefault(ArrayDataType type) {
    return of(ArrayFeatureType.newBuilder().addShape(1).setDataType(type).setFloatDefaultValue(1));
  }

  @SafeVarargs
  private static FeatureType shapes(List<Long> own, List<Long>... all) {
    EnumeratedShapes.Builder shapes = EnumeratedShapes.newBuilder();
    for (List<Long> shape : all) {
      shapes.addShapes(ArrayFeatureType.Shape.newBuilder().addAllShape(shape));
    }
    return of(
        ArrayFeatureType.newBuilder()
            .setDataType(ArrayDataType.FLOAT32)
            .addAllShape(own)
            .setEnumeratedShapes(shapes));
  }

  private static FeatureType ranges(List<Long> own, SizeRange... ranges) {
    return of(
        ArrayFeatureType.newBuilder()
            .setDataType(ArrayDataType.FLOAT32)
            .addAllShape(own)
            .setShapeRange(ShapeRange.newBuilder().addAllSizeRanges(List.of(ranges))));
  }

  private static FeatureType of(ArrayFeatureType.Builder array) {
    return FeatureType.newBuilder().setMultiArrayType(array).build();
  }

  static Stream<Case> others() {
    SequenceFeatureType texts =
        SequenceFeatureType.newBuilder()
            .setStringType(StringFeatureType.getDefaultInstance())
            .build();
    return Stream.of(
        new Case(1, text(), ""),
        new Case(1, FeatureType.getDefaultInstance(), "it has no type"),
        new Case(
            1,
            FeatureType.newBuilder()
                .setDictionaryType(DictionaryFeatureType.getDefaultInstance())
                .build(),
            "its dictionary has no type of keys; give it text or integers"),
        new Case(3, FeatureType.newBuilder().setSequenceType(texts).build(), ""),
        new Case(
            2,
            FeatureType.newBuilder().setSequenceType(texts).build(),
            "a sequence needs specification version 3"),
        new Case(
            3,
            FeatureType.newBuilder()
                .setSequenceType(texts.toBuilder().setSizeRange(range(5, 4)))
                .build(),
            "its range of lengths ends before it begins"),
        new Case(
            3,
            FeatureType.newBuilder()
                .setSequenceType(SequenceFeatureType.getDefaultInstance())
                .build(),
            "its sequence has no type of elements; give it text or integers"),
        new Case(8, state(), "a state needs specification version 9"),
        new Case(9, state(), ""),
        new Case(
            9,
            FeatureType.newBuilder().setStateType(StateFeatureType.getDefaultInstance()).build(),
            "a state has a shape and is not optional"));
  }

  private static FeatureType state() {
    return FeatureType.newBuilder()
        .setStateType(
            StateFeatureType.newBuilder()
                .setArrayType(
                    ArrayFeatureType.newBuilder().addShape(1).setDataType(ArrayDataType.FLOAT16)))
        .build();
  }

  @ParameterizedTest
  @MethodSource({"images", "arrays", "others"})
  void saysWhatATypeLacks(Case given) {
    assertThat(new FeatureTypeRules(given.version, true).flaw(given.type).orElse(""))
        .isEqualTo(given.flaw);
  }

  @Test
  void outputsNeedNoShapeAndAreNoStates() {
    FeatureTypeRules outputs = new FeatureTypeRules(9, false);

    assertThat(outputs.flaw(array())).isEmpty();
    assertThat(outputs.flaw(state())).contains("an output cannot be a state");
  }

  @Test
  void typesAreTheSameWhateverTheyAreOptionalOrFlexibleIn() {
    FeatureType flexible = shapes(List.of(), List.of(4L), List.of(5L));

    assertThat(FeatureTypes.same(array(4), array(4).toBuilder().setIsOptional(true).build()))
        .isTrue();
    assertThat(FeatureTypes.same(array(4), array(5))).isFalse();
    assertThat(FeatureTypes.same(array(4), array(4, 1))).isFalse();
    assertThat(FeatureTypes.same(array(4), flexible)).isTrue();
    assertThat(FeatureTypes.same(array(4, 1), flexible)).isFalse();
    assertThat(FeatureTypes.same(array(1), ofType(ArrayDataType.DOUBLE))).isFalse();
    assertThat(FeatureTypes.same(imageOf(ColorSpace.RGB, 1, 1), imageOf(ColorSpace.BGR, 1, 1)))
        .isFalse();
    assertThat(FeatureTypes.same(text(), array(1))).isFalse();
  }
}
