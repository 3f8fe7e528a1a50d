package dev.eddy.streams;

import java.util.List;

/** Names in a message of one line: of many the first ones, and how many there are. */
final class NameList {
  private static final int MOST = 24;

  private NameList() {}

  static String of(List<String> names) {
    return names.size() <= MOST
        ? names.toString()
        : "[" + String.join(", ", names.subList(0, MOST)) + ", ...], " + names.size() + " in all";
  }

  static String ofChannels(List<Channel> channels) {
    return of(channels.stream().map(Channel::name).toList());
  }
}
