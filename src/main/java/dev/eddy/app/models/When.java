package dev.eddy.app.models;

import dev.eddy.app.csv.CsvTime;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.EventTime;
import dev.eddy.model.Timeline;
import dev.eddy.model.YamlException;
import dev.eddy.model.YamlValue;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say from which event time on something holds. */
final class When {
  private static final String START = "start";

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "From this event time on: 2026-01-31T12:00:00Z, 2026-01-31 12:00 (UTC), milliseconds since"
              + " 1970, or \""
              + START
              + "\" (default: the present time).")
  private String from;

  @Option(
      names = "--in",
      paramLabel = "SPAN",
      description = "From so long after the present time on: 10s, 5m, 1h.")
  private String in;

  /** Event time, milliseconds since 1970, or {@link Timeline#ALWAYS}. */
  long fromMs(Clock clock) {
    if (from != null && in != null) {
      throw new UserException("--from and --in exclude each other");
    }
    if (in != null) {
      try {
        return clock.millis() + YamlValue.parse(quoted(in), "--in").asDuration().toMillis();
      } catch (YamlException e) {
        throw new UserException("--in: \"" + in + "\" is not a duration; write 5m, 30s, 1h", e);
      }
    }
    if (from == null) {
      return clock.millis();
    }
    return parse("--from", from);
  }

  /** A time that an option gives. */
  static long parse(String option, String time) {
    if (time.equals(START)) {
      return Timeline.ALWAYS;
    }
    return new CsvTime(new EventTime("time", Optional.empty(), ZoneOffset.UTC))
        .millis(time)
        .orElseThrow(
            () ->
                new UserException(
                    option
                        + ": \""
                        + time
                        + "\" is not a time; write 2026-01-31T12:00:00Z, 2026-01-31 12:00, or "
                        + START));
  }

  private static String quoted(String text) {
    return "\"" + text.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + "\"";
  }

  /** As users read it. */
  static String text(long fromMs) {
    return fromMs == Timeline.ALWAYS ? START : CsvTime.text(fromMs);
  }
}
