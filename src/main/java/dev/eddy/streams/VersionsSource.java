package dev.eddy.streams;

import java.util.Map;

/** Where tasks get the catalogue of versions. Thread-safe. */
interface VersionsSource {
  /**
   * A task begins; waits until all is known that is on the models topic now.
   *
   * @param settings of Kafka Streams
   */
  ModelCatalogue acquire(Map<String, Object> settings);

  /** A task has ended. */
  void release();
}
