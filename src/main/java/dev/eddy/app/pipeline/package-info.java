/** Pipelines from outside, as any client of the broker sees them. */
package dev.eddy.app.pipeline;
