package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * The event time that an output frame speaks of, where that isn't the time of the record that made
 * it: the network lags, or emits several frames at once, or some after the end.
 *
 * <p>Output frames stand on the axis of input frames, {@code in/out} apart; the last one that the
 * first burst gave stands where its last input frame does, less the frames that the network looks
 * ahead. So a frame of a strided layer has the time of the last input frame of its window, or of
 * the middle one where padding is symmetric. Between two input frames time is interpolated, rounded
 * down; before the first it stands still; after the last one it stands still while the sequence
 * goes on, and goes on as between the last two at its end. The times of the last input frames are
 * kept in the key's state.
 */
public final class OutputTimes {
  private final long in;
  private final long out;
  private final long first; // of output frame 0, in 1/out input frames
  private final int kept;

  /**
   * @param out output frames for each {@code in} input frames
   * @param first where output frame 0 stands, in {@code 1/out} of an input frame; may be negative
   * @param behind input frames from one that an output frame speaks of to the one that made it, at
   *     most
   */
  public OutputTimes(long out, long in, long first, long behind) {
    this.in = in;
    this.out = out;
    this.first = first;
    this.kept = Math.toIntExact(behind + 2);
    Math.multiplyExact(kept, Numbers.LONG);
  }

  /** Its part of a key's state; a fresh one is all zeros. */
  public List<StatePart> stateParts() {
    return List.of(new StatePart("input." + first + "." + out + "." + in, kept * Numbers.LONG));
  }

  /** Remembers the time of an input frame. */
  public void arrived(long number, long timeMs, float[] state, int at) {
    Numbers.putLong(timeMs, state, at + slot(number));
  }

  /**
   * The time that an output frame speaks of.
   *
   * @param number of the output frame, from 0
   * @param seen input frames so far, at least 1
   * @param ended whether the sequence is over
   * @return milliseconds since 1970
   */
  public long of(long number, long seen, boolean ended, float[] state, int at) {
    long place = first + number * in;
    long before = Math.floorDiv(place, out);
    long rest = Math.floorMod(place, out);
    long last = seen - 1;
    long oldest = Math.max(0, seen - kept);
    if (before < oldest) {
      return time(oldest, state, at);
    }
    if (before >= last) {
      long end = time(last, state, at);
      if (!ended || last == oldest) {
        return end;
      }
      double apart = (double) end - time(last - 1, state, at);
      return end + (long) Math.floor(apart * (place - last * out) / out);
    }
    long start = time(before, state, at);
    if (rest == 0) {
      return start;
    }
    double apart = (double) time(before + 1, state, at) - start;
    return start + (long) Math.floor(apart * rest / out);
  }

  private long time(long number, float[] state, int at) {
    return Numbers.getLong(state, at + slot(number));
  }

  private int slot(long number) {
    return (int) (number % kept) * Numbers.LONG;
  }
}
