package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances are killed in mid-stream, on a real broker and a real registry; what readers of
 * committed records see is what one pass over the input gives.
 */
@Timeout(600)
class ExactlyOnceIT {
  private static final int RECORDS = 4_000;

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  @AutoClose private static ScoringServers servers;

  @BeforeAll
  static void startServers() throws Exception {
    servers = ScoringServers.start(folder);
  }

  @Test
  void shouldScoreEachRecordOnceWhenItIsKilledInMidStream() throws Exception {
    try (Topics topics = new Topics("killed", servers.broker());
        Feed feed = new Feed(servers.broker(), servers.registry(), topics.in())) {
      feed.start();
      for (int kill = 0; kill < 3; kill++) {
        try (ScoringProcess killed = servers.launch("killed", "only")) {
          topics.awaitScores(150 + 77 * kill);
        }
        if (kill == 1) {
          Utils.delete(servers.state("only").toFile()); // all state comes from the changelog
        }
      }
      try (ScoringProcess last = servers.launch("killed", "only")) {
        topics.awaitScores(150);
        feed.finish(RECORDS);
        topics.awaitEnd();
      }
      assertOncePerRecord(topics, feed);
    }
  }

  @Test
  void shouldScoreEachRecordOnceWhenAnInstanceJoinsAndTheOtherIsKilled() throws Exception {
    String standby = "num.standby.replicas=1";
    try (Topics topics = new Topics("moved", servers.broker());
        Feed feed = new Feed(servers.broker(), servers.registry(), topics.in())) {
      feed.start();
      try (ScoringProcess first = servers.launch("moved", "first", standby)) {
        topics.awaitScores(150);
        try (ScoringProcess second = servers.launch("moved", "second", standby)) {
          ScoringProcess.Tasks half =
              new ScoringProcess.Tasks(Topics.PARTITIONS / 2, Topics.PARTITIONS / 2);
          Awaitility.await("each instance to have half of the tasks and to stand by for the rest")
              .atMost(Duration.ofSeconds(90))
              .until(() -> first.tasks().equals(half) && second.tasks().equals(half));
          topics.awaitScores(150);
          first.close();
          Awaitility.await("the second instance to have taken over")
              .atMost(Duration.ofSeconds(90))
              .until(() -> second.tasks().active() == Topics.PARTITIONS);
          topics.awaitScores(150);
          feed.finish(RECORDS);
          topics.awaitEnd();
        }
      }
      assertOncePerRecord(topics, feed);
    }
  }

  /** Key by key, so that a failure shows one key's scores. */
  private static void assertOncePerRecord(Topics topics, Feed feed) throws Exception {
    Map<String, List<String>> scores = topics.scores();
    feed.expected().forEach((key, expected) -> assertThat(scores.remove(key)).isEqualTo(expected));
    assertThat(scores).isEmpty();
    assertThat(topics.letters()).isEqualTo(feed.garbage());
  }
}
