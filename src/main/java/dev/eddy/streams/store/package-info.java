/**
 * The cache between a processor and its store: {@link dev.eddy.streams.store.CachingStore}, made by
 * {@link dev.eddy.streams.store.CachingStoreBuilder}.
 */
package dev.eddy.streams.store;
