package dev.eddy.model;

import dev.eddy.layer.TensorSpec;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Packed models with random weights, the same for the same seed. */
public final class PackedModels {
  private PackedModels() {}

  /**
   * @param yaml the description, without name, version and weights
   * @param scale of the weights
   */
  public static PackedModel random(String name, long version, String yaml, int seed, float scale) {
    YamlMap map = YamlValue.parse(yaml, "test").asMap();
    Graph graph = GraphDescription.read(map.get("input").asMap(), map.get("layers"));
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder header = new StringBuilder("{");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (TensorSpec spec : Network.tensors(graph)) {
      int begin = data.size();
      ByteBuffer values =
          ByteBuffer.allocate((int) (4 * spec.size())).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < spec.size(); i++) {
        values.putFloat((float) (random.nextDouble() - 0.5) * scale);
      }
      data.writeBytes(values.array());
      header
          .append(header.length() > 1 ? "," : "")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(spec.name(), spec.dimensions(), begin, data.size()));
    }
    byte[] head = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + head.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(head.length).put(head).put(data.toByteArray());
    return of(name, version, yaml, file.array());
  }

  /** With these safetensors bytes. */
  public static PackedModel of(String name, long version, String yaml, byte[] file) {
    List<byte[]> chunks = new ArrayList<>();
    for (int at = 0; at < file.length; at += PackedModel.CHUNK_BYTES) {
      chunks.add(Arrays.copyOfRange(file, at, Math.min(file.length, at + PackedModel.CHUNK_BYTES)));
    }
    return new PackedModel(
        new ModelManifest(
            name,
            version,
            yaml,
            file.length,
            chunks.size(),
            HexFormat.of().formatHex(PackedModel.sha256().digest(file)),
            "",
            new Provenance("test", Instant.EPOCH, "test", Map.of()),
            ""),
        chunks);
  }

  /** Writes it as files; gives the description's. */
  public static Path write(PackedModel packed, Path folder) {
    try {
      Files.createDirectories(folder);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      packed.chunks().forEach(bytes::writeBytes);
      Files.write(folder.resolve("model.safetensors"), bytes.toByteArray());
      return Files.writeString(
          folder.resolve("model.yaml"),
          "name: %s%nversion: %d%n%s"
              .formatted(
                  packed.manifest().name(),
                  packed.manifest().version(),
                  packed.manifest().description()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
