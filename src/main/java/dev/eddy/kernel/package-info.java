/**
 * Arithmetic on {@code float[]}: a scalar reference, its Vector API twin, and one look-up between
 * them.
 *
 * <p>Knows no file, no topic and no logger. Both backends do the same operations in the same order,
 * so they give the same bytes on every machine: where a task runs never changes what it says.
 */
package dev.eddy.kernel;
