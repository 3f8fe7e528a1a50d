/**
 * The command line: {@link dev.eddy.app.Eddy} and its commands. What they use stands below: {@code
 * terminal} speaks to the user, {@code csv} reads and writes files, {@code embedded} is a broker
 * and a registry in this process, {@code pipeline} is what {@code run} runs, and {@code apply},
 * {@code demo} and {@code bench} are the work of the commands of those names.
 *
 * <p>Results go to standard output or a file, messages to standard error; {@link
 * dev.eddy.app.Failure} alone decides what a failure says and which exit code it has.
 */
package dev.eddy.app;
