package dev.eddy.app.bench;

import dev.eddy.layer.Dense;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** LSTMs with random weights, as files. */
final class BenchModels {
  private BenchModels() {}

  /** Units of the LSTM whose weights have about so many bytes. */
  static int unitsFor(long bytes) {
    int units = 1;
    while (weightBytes(units + 1) <= bytes) {
      units++;
    }
    return units;
  }

  private static long weightBytes(long units) {
    return 4 * (4 * units * (Bench.INPUTS + units + 2) + units + 1);
  }

  /** Writes description and weights; gives the description's file. */
  static Path write(Path folder, String name, int units, int seed) throws IOException {
    Files.createDirectories(folder);
    Graph graph =
        Graph.sequential(
            Shape.of(Bench.INPUTS), List.of(new Lstm(units, 1, true), new Dense(1, true)));
    List<TensorSpec> specs = Network.tensors(graph);
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (TensorSpec spec : specs) {
      long end = at + 4 * spec.size();
      header
          .append(header.length() > 1 ? "," : "")
          .append("\"%s\":{\"dtype\":\"F32\",".formatted(spec.name()))
          .append("\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(spec.dimensions(), at, end));
      at = end;
    }
    byte[] head = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(units); // as PyTorch starts one
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("model.safetensors")))) {
      ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(number.putLong(0, head.length).array());
      out.write(head);
      for (long i = 0; i < at / 4; i++) {
        out.write(number.putFloat(0, (float) random.nextDouble(-bound, bound)).array(), 0, 4);
      }
    }
    return Files.writeString(
        folder.resolve("model.yaml"),
        """
        name: %s
        input: {channels: %d}
        layers:
          - lstm: {units: %d}
          - dense: {units: 1}
        outputs: [y]
        """
            .formatted(name, Bench.INPUTS, units));
  }
}
