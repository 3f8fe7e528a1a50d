package dev.eddy.app.models;

import dev.eddy.app.csv.CsvTime;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.Timeline;
import dev.eddy.streams.models.ModelsTopic;
import dev.eddy.streams.models.TopicContents;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what is on the models topic. */
@Command(
    name = "list",
    description = "Show versions, activations, who scores, and what pipelines have refused.")
final class ListCommand implements Runnable {

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private Target target = new Target();

  @Option(names = "--name", paramLabel = "NAME", description = "Only this model (default: all).")
  private String name;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Who scores the records of this event time (default: the present time).")
  private String at;

  ListCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public void run() {
    long atMs = at == null ? clock.millis() : When.parse("--at", at);
    target.open(false, topic -> show(topic, atMs));
  }

  private void show(ModelsTopic topic, long atMs) {
    TopicContents contents = topic.read();
    List<ModelRecords.Refusal> refusals = topic.readRefusals();
    List<String> names = name == null ? contents.names() : List.of(name);
    if (name != null && !contents.names().contains(name)) {
      throw new UserException(
          "no model \""
              + name
              + "\" on topic "
              + target.topicName()
              + "; there are "
              + contents.names());
    }
    PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    if (names.isEmpty()) {
      out.println("nothing is published on topic " + target.topicName());
    }
    for (String each : names) {
      versions(contents, each, atMs).print(out);
      if (!contents.timeline(each).activations().isEmpty()) {
        out.println();
        activations(each, contents.timeline(each)).print(out);
      }
      out.println();
    }
    refused(refusals, names)
        .ifPresent(
            table -> {
              table.print(out);
              out.println();
            });
    for (TopicContents.Fault fault : contents.faults()) {
      out.println("offset " + fault.offset() + ": " + fault.reason());
    }
    out.flush();
  }

  private static TextTable versions(TopicContents contents, String name, long atMs) {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                ">version",
                ">bytes",
                "state layout",
                "signed",
                "by",
                "at",
                "from",
                "notes",
                "scores"));
    Timeline timeline = contents.timeline(name);
    Timeline.Span span = timeline.at(atMs);
    for (ModelManifest manifest : contents.versions(name).values()) {
      table.row(
          name,
          Long.toString(manifest.version()),
          String.format(Locale.ROOT, "%,d", manifest.size()),
          manifest.layout(),
          manifest.signature().isEmpty() ? "no" : "yes",
          manifest.provenance().who(),
          CsvTime.text(manifest.provenance().when().toEpochMilli()),
          manifest.provenance().source(),
          notes(manifest.provenance().notes()),
          scores(contents, manifest, timeline, span));
    }
    return table;
  }

  private static String notes(Map<String, String> notes) {
    return String.join(
        " ", notes.entrySet().stream().map(n -> n.getKey() + "=" + n.getValue()).toList());
  }

  private static String scores(
      TopicContents contents, ModelManifest manifest, Timeline timeline, Timeline.Span span) {
    for (Timeline.Share share : span.live()) {
      if (share.version() == manifest.version()) {
        return share.permille() == Timeline.ALL
            ? "live"
            : Percent.text(share.permille()) + " of the keys";
      }
    }
    if (span.shadow().isPresent() && span.shadow().getAsLong() == manifest.version()) {
      return "in the shadow";
    }
    try {
      contents.chunkOffsets(manifest);
    } catch (ModelException e) {
      return "removed";
    }
    return timeline.isRetired(manifest.version()) ? "retired" : "";
  }

  private static TextTable activations(String name, Timeline timeline) {
    TextTable table =
        new TextTable(List.of("model", ">version", "from (event time)", "how", "by", "made at"));
    for (Timeline.Activation activation : timeline.activations()) {
      table.row(
          name,
          Long.toString(activation.version()),
          When.text(activation.fromMs()),
          how(activation),
          activation.who(),
          CsvTime.text(activation.madeMs()));
    }
    return table;
  }

  private static String how(Timeline.Activation activation) {
    return switch (activation.mode()) {
      case LIVE ->
          activation.sharePermille() == Timeline.ALL
              ? "live"
              : "live, " + Percent.text(activation.sharePermille()) + " of the keys";
      case SHADOW -> "shadow";
      case ROLLBACK -> "rolled back";
      case RETIRED -> "retired";
    };
  }

  private static java.util.Optional<TextTable> refused(
      List<ModelRecords.Refusal> refusals, List<String> names) {
    TextTable table =
        new TextTable(List.of("refused", ">version", "by the pipeline", "at", "reason"));
    boolean any = false;
    for (ModelRecords.Refusal refusal : refusals) {
      if (names.contains(refusal.name())) {
        any = true;
        table.row(
            refusal.name(),
            Long.toString(refusal.version()),
            refusal.application(),
            CsvTime.text(refusal.when().toEpochMilli()),
            refusal.reason());
      }
    }
    return any ? java.util.Optional.of(table) : java.util.Optional.empty();
  }
}
