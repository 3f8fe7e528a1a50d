/**
 * The layers: for each a description (a record, checked where it is made), the names and shapes of
 * its weights, and its step.
 *
 * <p>Three kinds of thing, three types: a {@link dev.eddy.layer.Layer} says what is computed,
 * {@link dev.eddy.layer.Weights} hold what was learnt, and the state of one key is a range of a
 * {@code float[]} that the caller owns. A {@link dev.eddy.layer.Step} joins the first two and holds
 * nothing of the third.
 *
 * <p>Knows no file, no topic and no logger.
 */
package dev.eddy.layer;
