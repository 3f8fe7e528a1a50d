package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * An instance is killed hard, or stands still, in the middle of grace periods, windows and
 * sequences, on a real broker and a real registry; another that reads the same input, undisturbed,
 * makes the same scores, byte for byte.
 */
@Timeout(600)
class KilledInTheMiddleIT {
  private static final int FIRST = 1_500; // records before it is killed at rest
  private static final int RECORDS = 3_000;

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  @AutoClose private static ScoringServers servers;

  @BeforeAll
  static void startServers() throws Exception {
    servers = ScoringServers.start(folder);
  }

  @Test
  void shouldScoreAsOneUndisturbedInstanceWouldWhatIsHeldInOrderInWindowsAndInALookahead()
      throws Exception {
    Feed.Times outOfOrder = new Feed.Times(1_000, 80_000);
    Map<String, List<String>> scores =
        killed(ScoringPipeline.WINDOWS, outOfOrder, Set.of("order", "frames", "state"));
    assertThat(scores.values().stream().mapToInt(List::size).sum()).isGreaterThan(RECORDS / 2);
  }

  @Test
  void shouldGiveTheOneResultOfASequenceAsOneUndisturbedInstanceWould() throws Exception {
    Map<String, List<String>> scores =
        killed(ScoringPipeline.RESULTS, new Feed.Times(1_000, 0), Set.of("state"));
    int results = scores.values().stream().mapToInt(List::size).sum();
    assertThat(results).isGreaterThan(2 * scores.size()); // ends by silence, too
  }

  /**
   * Kills an instance at rest, when something waits, and takes its state away; again in mid-stream,
   * after all state came from the changelogs; and lets one stand still until its transactions are
   * given up.
   *
   * @param held the stores in which something must wait when the first one is killed
   * @return the scores, which are those of an undisturbed instance
   */
  private static Map<String, List<String>> killed(
      ScoringPipeline pipeline, Feed.Times times, Set<String> held) throws Exception {
    String name = pipeline.name().toLowerCase(Locale.ROOT);
    try (Topics topics = new Topics(name, servers.broker());
        Topics again = new Topics(name + "-again", servers.broker());
        Feed feed = new Feed(servers.broker(), servers.registry(), topics.in(), times)) {
      feed.holdAt(FIRST);
      feed.start();
      try (ScoringProcess first = launch(name, pipeline, topics)) {
        topics.awaitInput(FIRST);
        topics.awaitEnd();
      }
      for (String store : held) {
        assertThat(topics.keysLeft(name + "-pumps-" + store + "-changelog")).isGreaterThan(20);
      }
      feed.holdAt(Integer.MAX_VALUE);
      Utils.delete(servers.state(name).toFile());
      try (ScoringProcess second = launch(name, pipeline, topics)) {
        topics.awaitScores(150);
      }
      try (ScoringProcess last = launch(name, pipeline, topics);
          ScoringProcess undisturbed = launch(name + "-again", pipeline, topics)) {
        topics.awaitScores(150);
        standStill(last, topics);
        feed.finish(RECORDS);
        topics.awaitEnd();
        again.awaitEnd(topics.in());
      }
      Map<String, List<String>> scores = topics.scores();
      Map<String, List<String>> expected = again.scores();
      assertThat(scores.keySet()).isEqualTo(expected.keySet());
      expected.forEach((key, made) -> assertThat(scores.get(key)).as(key).isEqualTo(made));
      assertThat(topics.letters()).isEqualTo(again.letters());
      return scores;
    }
  }

  /** Lets an instance stand still in an open transaction until the broker has given that up. */
  private static void standStill(ScoringProcess instance, Topics topics) throws Exception {
    instance.suspend();
    while (topics.openTransactions() == 0) {
      instance.resume();
      topics.awaitScores(1);
      instance.suspend();
    }
    topics.awaitNoTransaction();
    instance.resume();
  }

  private static ScoringProcess launch(String name, ScoringPipeline pipeline, Topics topics)
      throws Exception {
    return servers.launch(name, name, "pipeline=" + pipeline, "input.topic=" + topics.in());
  }
}
