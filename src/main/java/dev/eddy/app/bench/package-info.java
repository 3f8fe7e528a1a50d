/**
 * What scoring costs beside a topology that only copies its state: the same records, serdes, store
 * and broker.
 *
 * <p>Knows no terminal and starts no broker; the command line does both.
 */
package dev.eddy.app.bench;
