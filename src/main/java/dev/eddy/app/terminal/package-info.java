/**
 * What a user sees and gives: text, progress, a wish to end, and the exceptions that become one
 * line.
 */
package dev.eddy.app.terminal;
