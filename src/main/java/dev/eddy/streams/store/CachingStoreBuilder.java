package dev.eddy.streams.store;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What makes a store of bytes under keys with a {@link CachingStore} in the place of Kafka's own
 * cache; without caching it is Kafka's store alone.
 *
 * @param <K> the key; what is stored are its bytes
 */
public final class CachingStoreBuilder<K> implements StoreBuilder<KeyValueStore<K, byte[]>> {
  private final StoreBuilder<KeyValueStore<Bytes, byte[]>> below;
  private final StoreBuilder<KeyValueStore<K, byte[]>> alone;
  private final Serde<K> keys;
  private final AtomicInteger users = new AtomicInteger(); // of the room, among stores it built
  private boolean caches = true;

  /**
   * @param supplier of the store below
   */
  public CachingStoreBuilder(KeyValueBytesStoreSupplier supplier, Serde<K> keys) {
    this.below = Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray());
    this.alone = Stores.keyValueStoreBuilder(supplier, keys, Serdes.ByteArray());
    this.keys = keys;
  }

  @Override
  public CachingStoreBuilder<K> withCachingEnabled() {
    caches = true;
    return this;
  }

  @Override
  public CachingStoreBuilder<K> withCachingDisabled() {
    caches = false;
    return this;
  }

  @Override
  public CachingStoreBuilder<K> withLoggingEnabled(Map<String, String> config) {
    below.withLoggingEnabled(config);
    alone.withLoggingEnabled(config);
    return this;
  }

  @Override
  public CachingStoreBuilder<K> withLoggingDisabled() {
    below.withLoggingDisabled();
    alone.withLoggingDisabled();
    return this;
  }

  @Override
  public KeyValueStore<K, byte[]> build() {
    return caches ? new CachingStore<>(below.build(), keys, users) : alone.build();
  }

  @Override
  public Map<String, String> logConfig() {
    return below.logConfig();
  }

  @Override
  public boolean loggingEnabled() {
    return below.loggingEnabled();
  }

  @Override
  public String name() {
    return below.name();
  }
}
