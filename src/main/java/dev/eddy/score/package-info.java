/**
 * What is made of a network's outputs after the step: the likelihood that an error is unusual.
 *
 * <p>Knows frames and state as {@code float[]}, as layers do, and nothing above.
 */
package dev.eddy.score;
