/**
 * What becomes of frames between their arrival and the step: gaps, a regular grid, windows,
 * features of what was before. Stages of one law, {@code (time, frame, state) -> (timed frames,
 * state')}, in a row; one state a key.
 *
 * <p>What comes out of a key's frames depends on those alone: the passing of time decides when
 * something comes out, not what. Knows no topic, no store, no clock.
 */
package dev.eddy.frames;
