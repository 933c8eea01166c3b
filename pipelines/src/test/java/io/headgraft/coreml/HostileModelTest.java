package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.BorderAmounts.EdgeSizes;
import io.headgraft.coreml.proto.CropLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.WeightParams;
import io.headgraft.testing.Hostile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are meant to harm: small ones that ask for much. */
class HostileModelTest {

  private static final String NAME = "hostile.mlmodel";
  private static final int DEEP = 10_000;

  /** Version 1, and the neural network's field. */
  private static final int[] HEAD = {0x08, 0x01, 0xa2, 0x1f};

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, Integer.MAX_VALUE, 1L << 31, -1})
  void refusesALengthBeyondTheFile(long length) {
    ByteArrayOutputStream file = bytes(HEAD);
    writeVarint(file, length);

    assertNotParsed(file.toByteArray());
  }

  @Test
  void refusesPipelinesNestedDeep() {
    byte[] model = ValidModels.identity().build().toByteArray();
    for (int i = 0; i < DEEP; i++) {
      // Within a pipeline classifier a pipeline, and within that the model.
      byte[] pipeline = field(field(model, 0x0a), 0x0a);
      model = field(pipeline, 0x08, 0x01, 0xc2, 0x0c);
    }

    assertNotParsed(model);
  }

  @Test
  void refusesGroupsNestedDeep() {
    ByteArrayOutputStream file = bytes(0x08, 0x01);
    for (int i = 0; i < DEEP; i++) {
      file.write(0x3b);
    }

    assertNotParsed(file.toByteArray());
  }

  private static void assertNotParsed(byte[] file) {
    assertThatThrownBy(() -> ModelFile.parse(file, NAME))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("hostile.mlmodel is not a Core ML file, or is cut off: ");
  }

  @Test
  void refusesBlobsThatAreMadeOfEachOther() {
    Model model = TinyModel.ofImage(8, 8).relu("a", "b").relu("b", "a").build();

    Hostile.read(
        model.toByteArray(),
        file -> {
          assertThat(Inspection.of(ModelFile.parse(file, NAME)).layers()).hasSize(2);
          assertThat(Validator.findings(model))
              .extracting(Finding::rule)
              .contains(Rule.BLOBS_MADE_BEFORE_USE);
        });
    assertThatThrownBy(() -> NetworkGraph.of(model, NAME))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("hostile.mlmodel: layer 'a' reads 'b', which nothing before it makes");
  }

  @Test
  void refusesAnImageThatTakesAGigabyte() {
    assertRefused(
        TinyModel.ofImage(16_384, 16_384).relu("relu", IMAGE),
        1,
        "hostile.mlmodel: its input 'image' cannot be taken: it makes 3 × 16384 × 16384 for each of 1 inputs, which is too large");
  }

  @Test
  void refusesAnUpsamplingByAThousand() {
    TinyModel model = TinyModel.ofImage(16, 16);
    upsampling(model, "first", IMAGE, 100);
    upsampling(model, "second", "first", 1_000);

    assertRefused(
        model,
        1,
        "hostile.mlmodel: layer 'second' (UPSAMPLE) cannot be run: its shape is too large");
  }

  private static void upsampling(TinyModel model, String name, String input, long factor) {
    model.layer(
        name,
        input,
        layer -> layer.getUpsampleBuilder().addScalingFactor(factor).addScalingFactor(factor));
  }

  /** Six values a pixel: the input and the result. */
  @Test
  void boundsWhatIsHeldAtATime() {
    assertRuns(TinyModel.ofImage(3344, 3344).relu("relu", IMAGE), 1);
    assertRuns(TinyModel.ofImage(1672, 1672).relu("relu", IMAGE), 4);
    assertRuns(TinyModel.ofImage(1672, 1672).relu("relu", IMAGE), 16);
    assertRefused(
        TinyModel.ofImage(3345, 3345).relu("relu", IMAGE),
        1,
        "hostile.mlmodel cannot be run: its intermediate results take more than 256 MiB for 1 inputs");
    assertRefused(
        TinyModel.ofImage(1673, 1673).relu("relu", IMAGE),
        4,
        "hostile.mlmodel cannot be run: its intermediate results take more than 256 MiB for 4 inputs");
  }

  /** Results that nobody reads any more are given back; those that are still read are not. */
  @Test
  void resultsAreHeldUntilTheyAreRead() {
    TinyModel chain = TinyModel.ofImage(2048, 2048);
    String input = IMAGE;
    for (int i = 0; i < 20; i++) {
      chain.relu("relu" + i, input);
      input = "relu" + i;
    }
    assertRuns(chain, 1);

    assertRefused(
        chain.layer(
            "sum", List.of(IMAGE, "relu0", "relu1", "relu2", "relu3"), l -> l.getAddBuilder()),
        1,
        "hostile.mlmodel cannot be run: its intermediate results take more than 256 MiB for 1 inputs");
  }

  /** What is cut off is not held: the part is a copy. */
  @Test
  void partsDoNotHoldTheWhole() {
    TinyModel model = TinyModel.ofImage(2048, 2048);
    for (int i = 0; i < 8; i++) {
      model.relu("relu" + i, IMAGE);
      model.layer("part" + i, "relu" + i, l -> l.setCrop(corner(2048)));
    }
    model.concat("all", "part0", "part1", "part2", "part3", "part4", "part5", "part6", "part7");

    assertRuns(model, 1);
    NetworkGraph graph = NetworkGraph.of(model.build(), NAME);
    assertThat(
            new String(
                TorchScriptCompiler.compile(graph, 1, Convolutions.ONE_DNN).bytes(),
                StandardCharsets.ISO_8859_1))
        .contains("torch.clone(torch.narrow(");
  }

  /** The first pixel alone. */
  private static CropLayerParams corner(int side) {
    EdgeSizes rest = EdgeSizes.newBuilder().setEndEdgeSize(side - 1).build();
    CropLayerParams.Builder crop = CropLayerParams.newBuilder();
    crop.getCropAmountsBuilder().addBorderAmounts(rest).addBorderAmounts(rest);
    return crop.build();
  }

  @Test
  void refusesADeconvolutionThatIsCutFromALargeImage() {
    TinyModel model = TinyModel.ofImage(1024, 1024);
    model.convolution(
        "up",
        IMAGE,
        3,
        1,
        c ->
            c.setIsDeconvolution(true)
                .addAllStride(List.of(1_000L, 1_000L))
                .addAllOutputShape(List.of(8L, 8L)));

    assertRefused(
        model,
        1,
        "hostile.mlmodel: layer 'up' (CONVOLUTION) cannot be run: it makes 1 × 1023003 × 1023003 for each of 1 inputs, which is too large");
  }

  /** One bit each: 8 MiB in the file, 256 MiB in memory. */
  @Test
  void refusesFewBytesOfManyWeights() {
    TinyModel many = TinyModel.ofImage(1, 1);
    many.layer(
        "constant",
        List.of(),
        l ->
            l.getLoadConstantBuilder()
                .addAllShape(List.of(1L << 26, 1L, 1L))
                .setData(quantized(1 << 26, 1)));
    assertRefused(
        many,
        1,
        "hostile.mlmodel: layer 'constant' (LOADCONSTANT) cannot be run: its weights would take 256 MiB, which is too much for what the file holds");
  }

  private static WeightParams quantized(int count, int bits) {
    WeightParams.Builder weights =
        WeightParams.newBuilder().setRawValue(ByteString.copyFrom(new byte[count / 8 * bits]));
    weights.getQuantizationBuilder().setNumberOfBits(bits);
    weights.getQuantizationBuilder().getLinearQuantizationBuilder().addScale(1);
    return weights.build();
  }

  @Test
  void refusesWindowsThatTakeHours() {
    TinyModel model = TinyModel.ofImage(2048, 2048);
    model.pooling(
        "pool", IMAGE, p -> p.setType(PoolingType.AVERAGE).addAllKernelSize(List.of(1024L, 1024L)));

    assertRefused(
        model,
        1,
        "hostile.mlmodel: layer 'pool' (POOLING) cannot be run: 1 inputs take more than 274877906944 multiplications up to here, which is too slow");
  }

  @Test
  void refusesALayerOfAMillionSteps() {
    TinyModel model = TinyModel.ofImage(1, 1);
    model.layer("sum", Collections.nCopies(1_000_000, IMAGE), l -> l.getAddBuilder());

    assertRefused(
        model,
        1,
        "hostile.mlmodel: layer 'sum' (ADD) cannot be run: the network has more than 16384 steps up to here");
  }

  /** The layers of ResNet-50 (He et al. 2016, table 1), their weights quantized to 8 bits. */
  @Test
  void takesResNet50InBatchesOfFour() {
    TinyModel model = TinyModel.ofImage(224, 224);
    resNetConvolution(model, "conv1", IMAGE, new int[] {3, 64, 7, 2});
    model.pooling(
        "pool1",
        "conv1",
        p ->
            p.setType(PoolingType.MAX)
                .addAllStride(List.of(2L, 2L))
                .setValid(TinyModel.borders(1, 1, 1, 1)));
    String last = "pool1";
    int channels = 64;
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < blocks.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        last = bottleneck(model, last, new int[] {channels, width, stride});
        channels = 4 * width;
      }
    }
    model
        .pooling("pool5", last, p -> p.setType(PoolingType.AVERAGE).setGlobalPooling(true))
        .flatten("flatten", "pool5", FlattenOrder.CHANNEL_FIRST)
        .innerProduct("fc1000", "flatten", 2048, 1000, d -> {})
        .softmax("prob", "fc1000");

    assertRuns(model, 4);
  }

  /** Three convolutions beside a shortcut; the settings are its input, its width and its stride. */
  private static String bottleneck(TinyModel model, String input, int[] settings) {
    int width = settings[1];
    String name = "block" + model.network.getLayersCount();
    resNetConvolution(model, name + "a", input, new int[] {settings[0], width, 1, settings[2]});
    resNetConvolution(model, name + "b", name + "a", new int[] {width, width, 3, 1});
    resNetConvolution(model, name + "c", name + "b", new int[] {width, 4 * width, 1, 1});
    String shortcut = input;
    if (settings[0] != 4 * width) {
      shortcut = name + "s";
      resNetConvolution(model, shortcut, input, new int[] {settings[0], 4 * width, 1, settings[2]});
    }
    model.layer(name + "sum", List.of(name + "c", shortcut), l -> l.getAddBuilder());
    model.relu(name, name + "sum");
    return name;
  }

  /** The geometry is inputs, outputs, kernel and stride. */
  private static void resNetConvolution(
      TinyModel model, String name, String input, int[] geometry) {
    long kernel = geometry[2];
    int border = geometry[2] / 2;
    int count = geometry[0] * geometry[1] * geometry[2] * geometry[2];
    model.convolution(
        name,
        input,
        geometry[0],
        geometry[1],
        c ->
            c.addAllKernelSize(List.of(kernel, kernel))
                .addAllStride(List.of((long) geometry[3], (long) geometry[3]))
                .setValid(TinyModel.borders(border, border, border, border))
                .setWeights(quantized(count, 8)));
  }

  private static void assertRuns(TinyModel model, int batch) {
    NetworkGraph graph = NetworkGraph.of(model.build(), NAME);

    assertThatCode(() -> TorchScriptCompiler.compile(graph, batch, Convolutions.ONE_DNN))
        .doesNotThrowAnyException();
  }

  /** No more may be allocated than is promised, the refusal included. */
  private static void assertRefused(TinyModel model, int batch, String message) {
    Model built = model.build();
    byte[] length = new byte[built.getSerializedSize()];

    Hostile.read(
        length,
        file ->
            assertThatThrownBy(
                    () ->
                        TorchScriptCompiler.compile(
                            NetworkGraph.of(built, NAME), batch, Convolutions.ONE_DNN))
                .isInstanceOf(HeadgraftException.class)
                .hasMessage(message));
  }

  private static byte[] field(byte[] content, int... start) {
    ByteArrayOutputStream out = bytes(start);
    writeVarint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static ByteArrayOutputStream bytes(int... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int value : values) {
      out.write(value);
    }
    return out;
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    try {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeUInt64NoTag(value);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
