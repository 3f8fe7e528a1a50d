/**
 * What is made of a network's outputs after the step: which frames make a row ({@link
 * dev.eddy.score.Pairing}), what columns it has ({@link dev.eddy.score.Stage}), what time it speaks
 * of ({@link dev.eddy.score.OutputTimes}) and whether it goes out ({@link dev.eddy.score.Gate}).
 *
 * <p>Knows frames and state as {@code float[]}, as layers do, and nothing above.
 */
package dev.eddy.score;
