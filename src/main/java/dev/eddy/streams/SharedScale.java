package dev.eddy.streams;

import dev.eddy.network.StateLayout;
import dev.eddy.network.StateMismatchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What scaling has learnt of all keys of a partition, one entry of a store of its own. One per
 * task. A record that can't be used leaves nothing behind.
 *
 * <pre>
 * magic "EDDS" (4) | version 1 (4) | fingerprint of what is learnt (8) | its values, float32
 * </pre>
 *
 * All little-endian.
 */
final class SharedScale {
  private static final byte[] KEY = "learnt".getBytes(StandardCharsets.UTF_8);

  private static final Logger LOG = LoggerFactory.getLogger(SharedScale.class);
  private static final int MAGIC = 'E' | 'D' << 8 | 'D' << 16 | 'S' << 24;
  private static final int VERSION = 1;
  private static final int HEADER = 16;

  private final KeyValueStore<byte[], byte[]> store;
  private final long fingerprint;
  private final boolean resets;
  private final float[] values;
  private final float[] stored; // as they are in the store
  private boolean loaded;

  /** Null where a plan shares nothing. */
  static SharedScale of(ScoringPlan plan, ProcessingContext context, String name) {
    return plan.sharesScale ? new SharedScale(plan, context.getStateStore(name)) : null;
  }

  private SharedScale(ScoringPlan plan, KeyValueStore<byte[], byte[]> store) {
    int length = plan.scale.stateLength();
    this.store = store;
    this.fingerprint =
        new StateLayout(List.of()).with("scale", plan.scale.stateParts()).fingerprint();
    this.resets = plan.scoring.store().otherLayout() == StateStore.OtherLayout.RESET;
    this.values = new float[length];
    this.stored = new float[length];
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What is learnt, as scorers read and change it; not a copy. */
  float[] values() {
    return values;
  }

  /** As {@link #begin()}, if there is one. */
  static void begin(SharedScale shared) {
    if (shared != null) {
      shared.begin();
    }
  }

  /** As {@link #save()}, if there is one. */
  static void save(SharedScale shared) {
    if (shared != null) {
      shared.save();
    }
  }

  /** Before a record: forgets what a record before learnt and did not save. */
  private void begin() {
    if (!loaded) {
      loaded = true;
      byte[] bytes = store.get(KEY);
      if (bytes != null && isMine(buffer(bytes))) {
        buffer(bytes).position(HEADER).asFloatBuffer().get(stored);
      } else if (bytes != null) {
        refuseOthers();
      }
    }
    System.arraycopy(stored, 0, values, 0, values.length);
  }

  private boolean isMine(ByteBuffer bytes) {
    return bytes.remaining() == HEADER + Float.BYTES * stored.length
        && bytes.getInt(0) == MAGIC
        && bytes.getInt(4) == VERSION
        && bytes.getLong(8) == fingerprint;
  }

  private void refuseOthers() {
    String found =
        "store \""
            + store.name()
            + "\": what scaling has learnt is of other channels or settings of input.scaling";
    if (!resets) {
      throw new StateMismatchException(found);
    }
    LOG.warn("{}; it is learnt anew", found);
  }

  /** After a record that was used. */
  private void save() {
    if (Arrays.equals(stored, values)) {
      return;
    }
    System.arraycopy(values, 0, stored, 0, values.length);
    byte[] bytes = new byte[HEADER + Float.BYTES * values.length];
    ByteBuffer target = buffer(bytes).putInt(MAGIC).putInt(VERSION).putLong(fingerprint);
    target.asFloatBuffer().put(values);
    store.put(KEY, bytes);
  }
}
