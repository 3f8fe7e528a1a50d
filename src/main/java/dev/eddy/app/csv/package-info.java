/**
 * CSV files: rows in, numbers and times as text, results that replace a file only when complete.
 */
package dev.eddy.app.csv;
