package dev.eddy.streams.time;

import java.time.Duration;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Forgets what one task keeps of keys before scoring: so long after a key's last record, as soon as
 * nothing of it waits for time to pass. A scan over the store does it, some keys and cells a call,
 * which begins again a part of that time after the one before.
 */
final class FrameExpiry {
  /** What else is done about a key. */
  interface Keys {
    /**
     * Lets go what time has closed of a key; says whether a state is left of which nothing waits
     * for time to pass.
     */
    boolean letGo(byte[] key);

    /**
     * A key is forgotten, so what follows is to forget it too.
     *
     * @param lastMs time of its last record
     */
    void forgotten(byte[] key, long lastMs);
  }

  private static final int KEYS_PER_CALL = 1_000;
  static final int CELLS_PER_CALL = 10_000;
  private static final int SCANS_PER_EXPIRY = 8;

  private final long afterMs;
  private final boolean byWallClock;
  private final FrameStore store;
  private final StoreScan<byte[]> scan;
  private final DueKeys due;
  private final Keys keys;
  private final Sensor expired;
  private final int cellsPerCall;
  private boolean isScanning;
  private long nextScanMs = Long.MIN_VALUE;
  private int cellsLeft; // that this call may remove

  FrameExpiry(
      Duration after,
      boolean byWallClock,
      KeyValueStore<byte[], byte[]> store,
      DueKeys due,
      Keys keys,
      Sensor expired,
      int cellsPerCall) {
    this.cellsPerCall = cellsPerCall;
    this.afterMs = after.toMillis();
    this.byWallClock = byWallClock;
    this.store = new FrameStore(store);
    this.scan = FrameStore.scan(store);
    this.due = due;
    this.keys = keys;
    this.expired = expired;
  }

  /** Whether a key whose last record is so old is forgotten where nothing of it waits. */
  boolean isOld(byte[] stored, long streamMs) {
    return !byWallClock && isOver(stored, streamMs);
  }

  /** A key's record found it forgotten. */
  void count() {
    expired.record();
  }

  private boolean isOver(byte[] stored, long nowMs) {
    return nowMs - FrameStore.lastTimeMs(stored) > afterMs;
  }

  /** Goes on with the scan, or begins one if it is time to. */
  void look(long streamMs, long wallClockMs) {
    long nowMs = byWallClock ? wallClockMs : streamMs;
    if (!isScanning) {
      if (nowMs < nextScanMs || nowMs == Long.MIN_VALUE) {
        return;
      }
      isScanning = true;
      nextScanMs = nowMs + Math.max(1, afterMs / SCANS_PER_EXPIRY);
    }
    cellsLeft = cellsPerCall;
    isScanning = !scan.nextWhile(KEYS_PER_CALL, (key, stored) -> visit(key, stored, nowMs));
  }

  /**
   * A key of which more cells are left than a call may remove is gone all the same; the next call
   * goes on with it.
   */
  private boolean visit(byte[] stateKey, byte[] stored, long nowMs) {
    boolean isGone = FrameStore.isGone(stored);
    if (!isGone && !isOver(stored, nowMs)) {
      return true;
    }
    byte[] key = FrameStore.recordKey(stateKey);
    if (!isGone && FrameStore.dueMs(stored) < Long.MAX_VALUE && !keys.letGo(key)) {
      return true; // it waits for time to pass, or is gone already
    }
    if (!isGone) {
      due.remove(Bytes.wrap(key));
      expired.record();
      keys.forgotten(key, FrameStore.lastTimeMs(stored));
    }
    store.select(key);
    cellsLeft -= store.deleteCells(cellsLeft);
    if (cellsLeft == 0) {
      store.putGone();
      return false;
    }
    store.delete();
    return true;
  }
}
