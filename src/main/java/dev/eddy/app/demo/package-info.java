/**
 * The demo: a simulated fleet of pumps, the model that was trained on it, and what comes of scoring
 * the one with the other, from topic to topic.
 *
 * <p>Knows no terminal and starts no broker; the command line does both.
 */
package dev.eddy.app.demo;
