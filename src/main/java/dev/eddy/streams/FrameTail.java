package dev.eddy.streams;

import dev.eddy.avro.Calendar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is put behind a frame right before it is scored: where its time stands in the calendar, then
 * what a table knows of its key. Immutable.
 */
public record FrameTail(List<Calendar> calendars, Optional<ContextTable> context) {
  /** Nothing. */
  public static final FrameTail NONE = new FrameTail(List.of(), Optional.empty());

  public FrameTail {
    calendars = List.copyOf(calendars);
  }

  /** The same with a calendar more. */
  public FrameTail with(Calendar calendar) {
    List<Calendar> all = new ArrayList<>(calendars);
    all.add(calendar);
    return new FrameTail(all, context);
  }

  /** The same with a table. */
  public FrameTail with(ContextTable table) {
    return new FrameTail(calendars, Optional.of(table));
  }

  boolean isEmpty() {
    return calendars.isEmpty() && context.isEmpty();
  }

  /** Its channels, to stand behind those of the frame. */
  public List<Channel> channels() {
    List<Channel> channels = channels(calendars);
    context.ifPresent(table -> channels.addAll(table.channels()));
    return channels;
  }

  /** The channels of calendars. */
  public static List<Channel> channels(List<Calendar> calendars) {
    List<Channel> channels = new ArrayList<>();
    calendars.forEach(calendar -> channels.addAll(Channel.of(calendar)));
    return channels;
  }
}
