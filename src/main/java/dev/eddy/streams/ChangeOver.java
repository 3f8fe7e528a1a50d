package dev.eddy.streams;

/** What became of a key's state on a change of version, as it is counted. */
enum ChangeOver {
  KEPT("kept"),
  TRANSFERRED("transferred"),
  WARMED_UP("warmed-up"),
  RAN_BOTH("dual-run"),
  RESET("reset"),
  RESTORED("restored");

  final String word;

  ChangeOver(String word) {
    this.word = word;
  }
}
