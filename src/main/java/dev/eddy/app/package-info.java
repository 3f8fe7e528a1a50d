/**
 * The command line: {@link dev.eddy.app.Eddy} and its commands, the pipeline's YAML config, CSV in
 * and out.
 *
 * <p>Results go to standard output or a file, messages to standard error; {@link
 * dev.eddy.app.Failure} alone decides what a failure says and which exit code it has.
 */
package dev.eddy.app;
