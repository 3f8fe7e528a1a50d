package dev.eddy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much the libraries log; {@code logback.xml} says where to, and what is not worth a line. */
final class Logs {
  private Logs() {}

  /** Keeps a library's warnings to itself where they warn of what is meant. */
  static void errorsOnly(String logger) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      logs.getLogger(logger).setLevel(Level.ERROR);
    }
  }

  /** Warnings that are worth a line, or everything from information upwards. */
  static void configure(boolean debug) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(debug ? Level.INFO : Level.WARN);
      if (debug) {
        logs.getLoggerList().stream()
            .filter(logger -> !logger.getName().equals(Logger.ROOT_LOGGER_NAME))
            .forEach(logger -> logger.setLevel(null));
      }
    }
  }
}
