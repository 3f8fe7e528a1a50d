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

  /** Everything from information upwards, not only warnings that are worth a line. */
  static void tellAll() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
      logs.getLoggerList().stream()
          .filter(logger -> !logger.getName().equals(Logger.ROOT_LOGGER_NAME))
          .forEach(logger -> logger.setLevel(null));
    }
  }
}
