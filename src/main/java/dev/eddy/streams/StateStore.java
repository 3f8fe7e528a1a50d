package dev.eddy.streams;

import dev.eddy.streams.store.CachingStoreBuilder;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Where hidden states are kept, and what is done with one that can't be continued.
 *
 * @param kind on disk or in memory; either has a changelog topic
 * @param caching whether writes are gathered until the commit
 * @param otherLayout what to do when a key's state was written by a network of another layout
 */
public record StateStore(Kind kind, boolean caching, OtherLayout otherLayout) {

  /** Where the store is. */
  public enum Kind {
    /** RocksDB in the state directory. */
    ROCKSDB,
    /** The Java heap; read from the changelog at every start. */
    MEMORY
  }

  /** What to do with a state of another layout. */
  public enum OtherLayout {
    /** Stop the stream; the message names both layouts. */
    FAIL,
    /** Begin the key's sequence anew; counted. */
    RESET
  }

  /** What makes such a store. */
  <K> StoreBuilder<KeyValueStore<K, byte[]>> builder(String name, Serde<K> keys) {
    KeyValueBytesStoreSupplier supplier =
        switch (kind) {
          case ROCKSDB -> Stores.persistentKeyValueStore(name);
          case MEMORY -> Stores.inMemoryKeyValueStore(name);
        };
    CachingStoreBuilder<K> builder = new CachingStoreBuilder<>(supplier, keys);
    return caching ? builder.withCachingEnabled() : builder.withCachingDisabled();
  }

  /** RocksDB with caching; stops at a state of another layout. */
  public static StateStore standard() {
    return new StateStore(Kind.ROCKSDB, true, OtherLayout.FAIL);
  }
}
