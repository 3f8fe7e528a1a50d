/**
 * The models topic: its keys and records, who reads it and who writes it. Knows nothing of scoring.
 */
package dev.eddy.streams.models;
