package dev.eddy.streams.time;

import dev.eddy.frames.FrameTask;
import java.time.Duration;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Forgets what one task keeps of keys before scoring: so long after a key's last record, or after
 * the time up to which something of it waits for more. A scan over the store does it, some keys and
 * cells a call, which begins again a part of that time after the one before.
 */
final class FrameExpiry {
  private static final int KEYS_PER_CALL = 1_000;
  static final int CELLS_PER_CALL = 10_000;
  private static final int SCANS_PER_EXPIRY = 8;

  private final long afterMs;
  private final boolean byWallClock;
  private final FrameStore store;
  private final StoreScan<byte[]> scan;
  private final DueKeys due;
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
      Sensor expired,
      int cellsPerCall) {
    this.cellsPerCall = cellsPerCall;
    this.afterMs = after.toMillis();
    this.byWallClock = byWallClock;
    this.store = new FrameStore(store);
    this.scan = FrameStore.scan(store);
    this.due = due;
    this.expired = expired;
  }

  /** Whether a state has expired by stream time; its key's record counts that. */
  boolean hasExpired(byte[] stored, long streamMs) {
    if (byWallClock || !isOver(stored, streamMs)) {
      return false;
    }
    expired.record();
    return true;
  }

  private boolean isOver(byte[] stored, long nowMs) {
    long dueMs = FrameStore.dueMs(stored);
    long lastMs = FrameTask.lastTimeMsOf(stored, FrameStore.stateOffset(stored));
    return nowMs - (dueMs == Long.MAX_VALUE ? lastMs : Math.max(lastMs, dueMs)) > afterMs;
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
    if (!isGone) {
      due.remove(Bytes.wrap(key));
      expired.record();
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
