package dev.eddy.streams;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What scaling has learnt of all keys of a partition, one entry of a store of its own. One per
 * task. A record that can't be used leaves nothing behind.
 */
final class SharedScale {
  private static final byte[] KEY = "learnt".getBytes(StandardCharsets.UTF_8);

  private final KeyValueStore<byte[], byte[]> store;
  private final float[] values;
  private final float[] stored; // as they are in the store
  private boolean loaded;

  /** Null where a plan shares nothing. */
  static SharedScale of(ScoringPlan plan, ProcessingContext context, String name) {
    return plan.sharesScale
        ? new SharedScale(context.getStateStore(name), plan.scale.stateLength())
        : null;
  }

  /**
   * @param length how many values they are
   */
  private SharedScale(KeyValueStore<byte[], byte[]> store, int length) {
    this.store = store;
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
      if (bytes != null && bytes.length == Float.BYTES * stored.length) {
        buffer(bytes).asFloatBuffer().get(stored);
      }
    }
    System.arraycopy(stored, 0, values, 0, values.length);
  }

  /** After a record that was used. */
  private void save() {
    if (Arrays.equals(stored, values)) {
      return;
    }
    System.arraycopy(values, 0, stored, 0, values.length);
    byte[] bytes = new byte[Float.BYTES * values.length];
    buffer(bytes).asFloatBuffer().put(values);
    store.put(KEY, bytes);
  }
}
