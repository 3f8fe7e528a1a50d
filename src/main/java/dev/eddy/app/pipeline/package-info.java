/**
 * A pipeline at work: its topology and stream, and its topics as any client of the broker sees
 * them.
 */
package dev.eddy.app.pipeline;
