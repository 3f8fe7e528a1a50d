/**
 * The graph of layers as one step function: shapes, rates and delays, stepping and flushing, and
 * the layout of a key's state.
 *
 * <p>{@link dev.eddy.network.Graph} describes, {@link dev.eddy.network.Network} is compiled and
 * shared by all threads, {@link dev.eddy.network.NetworkTask} is one thread's scratch space, and
 * the state of a key is a {@code float[]}.
 *
 * <p>Knows no file, no topic and no logger; can be used alone.
 */
package dev.eddy.network;
