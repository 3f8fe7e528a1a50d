/**
 * A pipeline: its YAML config, its topology and stream, where it runs, what it is fed with, and its
 * topics as any client of the broker sees them.
 */
package dev.eddy.app.pipeline;
