/** A model over the rows of a file without a broker, by its network or by a topology in memory. */
package dev.eddy.app.apply;
