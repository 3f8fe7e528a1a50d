package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTest {
  private static final String DENSE =
      """
      name: tiny
      version: 7
      input: {channels: 2}
      weights: tiny.safetensors
      layers:
        - dense: {units: 1}
        - relu
      outputs: [y]
      """;
  private static final String HEADER =
      "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
          + "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";

  @TempDir Path folder;
  private Path yaml;
  private Path weights;

  @BeforeEach
  void writeModel() throws IOException {
    yaml = Files.writeString(folder.resolve("tiny.yaml"), DENSE);
    weights = folder.resolve("tiny.safetensors");
    writeWeights(HEADER, floats(1f, -2f, 0.5f));
  }

  @Test
  void shouldReadDescriptionAndWeights() {
    Model model = Model.read(yaml);

    assertThat(model.id()).isEqualTo("model \"tiny\" version 7");
    assertThat(model.outputs()).containsExactly("y");
    assertThat(model.graph().nodes())
        .extracting(n -> n.operation().kind())
        .containsExactly("dense", "relu");
  }

  @Test
  void shouldNameAMissingTensor() throws IOException {
    writeWeights(
        "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}", floats(1, 2));

    assertThatThrownBy(() -> Model.read(yaml))
        .isInstanceOf(ModelException.class)
        .hasMessage("model \"tiny\" version 7: missing from the weights: \"0.bias\" [1]");
  }

  @Test
  void shouldNameASuperfluousTensor() throws IOException {
    writeWeights(
        HEADER.replace(
            "{\"0.weight",
            "{\"3.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},\"0.weight"),
        floats(1, 2, 3, 4));

    assertThatThrownBy(() -> Model.read(yaml))
        .hasMessage(
            "model \"tiny\" version 7: the weights hold tensors that no layer has: 3.weight");
  }

  @Test
  void shouldNameAMisshapenTensor() throws IOException {
    writeWeights(HEADER.replace("[1,2]", "[2,1]"), floats(1, 2, 3));

    assertThatThrownBy(() -> Model.read(yaml))
        .hasMessage(
            "model \"tiny\" version 7: tensor \"0.weight\" has shape [2, 1], expected [1, 2]");
  }

  @Test
  void shouldRefuseWeightsThatAreNotFinite() throws IOException {
    writeWeights(HEADER, floats(1, Float.NaN, 3));

    assertThatThrownBy(() -> Model.read(yaml))
        .hasMessage(weights + ": tensor \"0.weight\" holds NaN at index 1; weights are finite");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "units: 1|units: 0|:6: layers[0].dense.units: \"0\" is not a whole number from 1 to 65536",
        "units: 1|unit: 1|:6: layers[0].dense: the key \"units\" is missing",
        "units: 1|units: 1, x: 2|:6: layers[0].dense.x: unknown key; accepted here: name, from, units, bias",
        "- relu|- rulu|:7: layers[1]: unknown layer \"rulu\"",
        "channels: 2|chanels: 2|:3: input: the key \"channels\" is missing",
        "version: 7|version: seven|:2: version: \"seven\" is not a whole number",
        "layers:|layer:|the key \"layers\" is missing",
        "input: {channels: 2}|input: {channels: 3}|tensor \"0.weight\" has shape [1, 2], expected [1, 3]",
        "outputs: [y]|outputs: [y, z]|outputs names 2 values, a frame of [1] has 1",
        "weights: tiny.safetensors|weights: other.safetensors|other.safetensors: no such file",
        "version: 7|version: 7: 8|:2: not YAML: mapping values are not allowed here",
      })
  void shouldSayWhatIsWrongAndWhere(String good, String bad, String message) throws IOException {
    Files.writeString(yaml, DENSE.replace(good, bad));

    assertThatThrownBy(() -> Model.read(yaml))
        .isInstanceOfAny(ModelException.class, YamlException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0,8]|[0,9]|in 9 bytes",
        "[0,8]|[0,99]|lies at bytes [0,99] of 12 bytes of data",
        "[0,8]|[8,0]|lies at bytes [8,0]",
        "[0,8]|[-8,0]|lies at bytes [-8,0]",
        "[1,2]|[1099511627776,2]|has the shape [1099511627776,2]",
        "[1,2]|[65536,65536]|has the shape [65536, 65536] of F32 in 8 bytes",
        "[1,2]|[1,2.5]|tensor \"0.weight\" has the shape [1,2.5]",
        "[1,2]|[1,2.0]|tensor \"0.weight\" has the shape [1,2.0]",
        "[1,2]|[1,-2]|tensor \"0.weight\" has the shape [1,-2]",
        "[1,2]|2|tensor \"0.weight\" has the shape 2",
        "\"shape\":[1,2],||tensor \"0.weight\" has no shape",
        "[0,8]|[0,8.5]|lies at bytes [0,8.5] of 12 bytes of data",
        "[0,8]|[\"0\",8]|lies at bytes [\"0\",8] of 12 bytes of data",
        "\"data_offsets\":[0,8]|\"x\":0|tensor \"0.weight\" has no data_offsets",
        "[1,2]|[1,1]|has the shape [1, 1] of F32 in 8 bytes",
        "F32|I8|is of type I8; accepted: F32, F16, BF16, F64",
        "{\"0.weight|\"0.weight|not a safetensors file",
      })
  void shouldRefuseDamagedWeights(String good, String bad, String message) throws IOException {
    writeWeights(
        HEADER.replaceFirst(
            java.util.regex.Pattern.quote(good), bad == null ? "" : bad.replace("\\", "\\\\")),
        floats(1, 2, 3));

    assertThatThrownBy(() -> Model.read(yaml))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,4|4,8|8,12|",
        "8,12|0,4|4,8|",
        "0,4|4,4|4,12|",
        "0,4|0,4|4,12|tensor \"b\" begins at byte 0 of the data, the one before it ends at 4",
        "0,8|4,8|8,12|tensor \"b\" begins at byte 4 of the data, the one before it ends at 8",
        "0,4|8,12|12,12|tensor \"b\" begins at byte 8 of the data, the one before it ends at 4",
        "4,8|8,12|12,12|tensor \"a\" begins at byte 4 of the data, the one before it ends at 0",
        "0,4|4,8|8,8|the tensors end at byte 8 of 12 bytes of data",
      })
  void shouldTakeTensorsThatCoverTheDataOnce(String a, String b, String c, String message)
      throws IOException {
    writeWeights(
        "{" + bytes("a", a) + "," + bytes("b", b) + "," + bytes("c", c) + "}", floats(1, 2, 3));

    if (message == null) {
      assertThat(SafeTensors.read(weights)).containsOnlyKeys("a", "b", "c");
    } else {
      assertThatThrownBy(() -> SafeTensors.read(weights))
          .isInstanceOf(ModelException.class)
          .hasMessage(weights + ": not a safetensors file: " + message);
    }
  }

  private static String bytes(String name, String range) {
    String[] ends = range.split(",");
    int size = (Integer.parseInt(ends[1]) - Integer.parseInt(ends[0])) / 4;
    return "\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%s]}"
        .formatted(name, size, range);
  }

  @Test
  void shouldRefuseAPathOfWeightsThatCanNotBe() throws IOException {
    Files.writeString(yaml, DENSE.replace("tiny.safetensors", "\"a\\0b\""));

    assertThatThrownBy(() -> Model.read(yaml))
        .isInstanceOf(YamlException.class)
        .hasMessage(yaml + ":4: weights: not a path: Nul character not allowed");
  }

  @Test
  void shouldRefuseATruncatedFileAtAnyLength() throws IOException {
    byte[] whole = Files.readAllBytes(weights);
    for (int length = 0; length < whole.length; length++) {
      Files.write(weights, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Model.read(yaml)).isInstanceOf(ModelException.class);
    }
  }

  @Test
  void shouldLeaveOutTheCounterThatPyTorchKeepsForTraining() throws IOException {
    writeWeights(
        HEADER.replace(
            "{\"0.weight",
            "{\"0.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[12,20]},"
                + "\"0.weight"),
        java.util.Arrays.copyOf(floats(1f, -2f, 0.5f), 20));

    assertThat(Model.read(yaml).graph().nodes()).hasSize(2);
  }

  @Test
  void shouldReadHalvesBfloatsAndDoubles() throws IOException {
    String header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[8,10]},"
            + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[10,18]}}";
    ByteBuffer data = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0x3c00).putShort((short) 0xc000).putShort((short) 0x0001);
    data.putShort((short) 0x7bff).putShort((short) 0xbf80).putDouble(0.1);
    writeWeights(header, data.array());

    var tensors = SafeTensors.read(weights);

    assertThat(tensors.get("h").values()).containsExactly(1f, -2f, 0x1p-24f, 65504f);
    assertThat(tensors.get("b").values()).containsExactly(-1f);
    assertThat(tensors.get("d").values()).containsExactly(0.1f);
  }

  private void writeWeights(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(weights, file.putLong(text.length).put(text).put(data).array());
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
