package dev.eddy.app;

import dev.eddy.app.models.ModelArgument;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import dev.eddy.network.StateLayout;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what a model is made of and what it costs. */
@Command(
    name = "inspect",
    description =
        "Show a model's layers: shapes, parameters, state, rate, delay, receptive field, cost per"
            + " step.")
final class InspectCommand implements Runnable {
  private final Terminal terminal;

  @Mixin private ModelArgument modelArgument;

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Model model = modelArgument.read(terminal);
    Network network = model.network(Backend.kernels(terminal));
    PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    summary(model, network).print(out);
    out.println();
    layers(network).print(out);
    out.flush();
  }

  private static TextTable summary(Model model, Network network) {
    TextTable table = new TextTable(List.of());
    table.row("name", model.name());
    table.row("version", Long.toString(model.version()));
    table.row("input", network.input().toString());
    table.row("output", network.output() + ": " + String.join(", ", model.outputs()));
    table.row("rate", network.rate() + " output frames per input frame");
    table.row("delay", frames(network.delayFrames()));
    table.row(
        "receptive field",
        network.receptiveField().isPresent()
            ? frames(network.receptiveField().getAsLong())
            : "unbounded");
    table.row("parameters", grouped(network.parameters()));
    table.row("state", grouped(4L * network.stateLength()) + " bytes a key");
    table.row("state layout", StateLayout.text(network.stateLayout().fingerprint()));
    table.row("cost", grouped(network.multiplyAddsPerFrame()) + " multiply-adds per input frame");
    return table;
  }

  private static TextTable layers(Network network) {
    TextTable table =
        new TextTable(
            List.of(
                "layer",
                "kind",
                "in",
                "out",
                ">parameters",
                ">state bytes",
                ">rate",
                ">delay",
                ">receptive field",
                ">multiply-adds"));
    for (Network.Part part : network.parts()) {
      table.row(
          part.name(),
          kind(network, part),
          part.input().toString(),
          part.output().toString(),
          grouped(part.parameters()),
          grouped(4L * part.stateLength()),
          part.rate().toString(),
          Long.toString(part.delayFrames()),
          field(part.receptiveField()),
          grouped(part.multiplyAddsPerFrame()));
    }
    List<String> total = new ArrayList<>(List.of("total", "", "", ""));
    total.add(grouped(network.parameters()));
    total.add(grouped(4L * network.stateLength()));
    total.add(network.rate().toString());
    total.add(Long.toString(network.delayFrames()));
    total.add(field(network.receptiveField()));
    total.add(grouped(network.multiplyAddsPerFrame()));
    table.row(total.toArray(String[]::new));
    return table;
  }

  private static String kind(Network network, Network.Part part) {
    String by = network.folded().get(part.name());
    return LayerText.of(part.operation()) + (by == null ? "" : " (folded into " + by + ")");
  }

  private static String field(OptionalLong frames) {
    return frames.isPresent() ? Long.toString(frames.getAsLong()) : "unbounded";
  }

  private static String frames(long count) {
    return count == 1 ? "1 input frame" : grouped(count) + " input frames";
  }

  private static String grouped(double number) {
    if (number >= 0 && number < 1000 && number == Math.rint(number)) {
      return Integer.toString((int) number); // of 9,000 layers, formats took 0.4 s
    }
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,d", (long) number)
        : String.format(Locale.ROOT, "%,.1f", number);
  }
}
