package dev.eddy.app;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyDescription.Node;
import org.apache.kafka.streams.TopologyDescription.Processor;
import org.apache.kafka.streams.TopologyDescription.Sink;
import org.apache.kafka.streams.TopologyDescription.Source;
import org.apache.kafka.streams.TopologyDescription.Subtopology;

/** A topology as a Mermaid flowchart: topics as rounded boxes, stores as cylinders. */
final class Mermaid {
  private final PrintWriter out;
  private final Map<String, String> ids =
      new LinkedHashMap<>(); // of what was shown, by kind and name

  private Mermaid(PrintWriter out) {
    this.out = out;
  }

  static void print(TopologyDescription topology, String deadLetterTopic, PrintWriter out) {
    Mermaid chart = new Mermaid(out);
    out.println("flowchart LR");
    for (Subtopology part : topology.subtopologies()) {
      for (Node node : part.nodes()) {
        chart.show(node, deadLetterTopic);
      }
    }
  }

  private void show(Node node, String deadLetterTopic) {
    String id = box("node", node.name(), "[\"%s\"]");
    if (node instanceof Source source) {
      source.topicSet().forEach(topic -> arrow(topic(topic), "-->", id));
    } else if (node instanceof Sink sink) {
      arrow(id, "-->", topic(sink.topic()));
    } else if (node instanceof Processor processor) {
      processor.stores().forEach(store -> arrow(id, "<-->", box("store", store, "[(\"%s\")]")));
      if (!processor.stores().isEmpty()) {
        arrow(id, "-. dead letters .->", topic(deadLetterTopic));
      }
    }
    node.successors().forEach(next -> arrow(id, "-->", box("node", next.name(), "[\"%s\"]")));
  }

  private String topic(String name) {
    return box("topic", name, "([\"%s\"])");
  }

  /** The id of a box, which is shown the first time. */
  private String box(String kind, String name, String shape) {
    return ids.computeIfAbsent(
        kind + " " + name,
        key -> {
          String id = kind + ids.size();
          out.println("  " + id + String.format(shape, name));
          return id;
        });
  }

  private void arrow(String from, String line, String to) {
    out.println("  " + from + " " + line + " " + to);
  }
}
