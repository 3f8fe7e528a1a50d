package dev.eddy.app.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** How many dead letters there are of each reason; reasons that differ in numbers only are one. */
final class DeadLetterCounts {
  /** The header in which Kafka Streams keeps what the exception said. */
  private static final String MESSAGE = "__streams.errors.message";

  private static final String LATE = "late by ";
  private static final int MAX_REASONS = 1000; // of those after, only the number is known
  private static final int SHOWN = 5;

  private final Map<String, Long> counts = new TreeMap<>();
  private long total;
  private long late;

  void add(Headers headers) {
    Header header = headers.lastHeader(MESSAGE);
    String message =
        header == null || header.value() == null
            ? "no reason given"
            : new String(header.value(), StandardCharsets.UTF_8);
    total++;
    String reason = reason(message);
    if (message.startsWith(LATE)) {
      late++;
    }
    if (counts.size() < MAX_REASONS || counts.containsKey(reason)) {
      counts.merge(reason, 1L, Long::sum);
    }
  }

  private static String reason(String message) {
    if (message.startsWith(LATE)) {
      return "late: older than what the key was scored up to";
    }
    return message.replaceFirst("; accepted: .*", "").replaceAll("\\d[\\d.:-]*", "#");
  }

  long total() {
    return total;
  }

  long late() {
    return late;
  }

  /** The most frequent reasons, a line each. */
  List<String> lines() {
    List<String> lines = new java.util.ArrayList<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(entry -> lines.add(entry.getValue() + " " + entry.getKey()));
    if (counts.size() > SHOWN) {
      lines.add("and " + (counts.size() - SHOWN) + " other reasons");
    }
    return lines;
  }
}
