/**
 * What stands between a processor and its store.
 *
 * <p>{@link dev.eddy.streams.store.GatheringStore} gathers writes in memory until the commit.
 */
package dev.eddy.streams.store;
