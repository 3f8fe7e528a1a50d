package dev.eddy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much the libraries log; where to stands in {@code logback.xml}. */
final class Logs {
  private Logs() {}

  /** Warnings and errors, or everything from information upwards. */
  static void configure(boolean debug) {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(debug ? Level.INFO : Level.WARN);
    }
  }
}
