package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.model.PackedModel;
import dev.eddy.model.PackedModels;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.streams.models.ModelsTopic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances change the model in mid-stream, while one of them is killed hard and another
 * joins, on a real broker and a real registry; a single instance that reads the same input later,
 * undisturbed, makes the same scores, byte for byte.
 */
@Timeout(600)
class ChangingInstancesIT {
  private static final String MODELS = "changed-models";
  private static final int FIRST = 1_200; // records before version 8, to which both run for a while
  private static final int BACK = 2_400; // records before version 7 comes back

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  @AutoClose private static ScoringServers servers;

  @BeforeAll
  static void startServers() throws Exception {
    servers = ScoringServers.start(folder);
  }

  private static void publish(ModelsTopic topic, long version, int units, int seed) {
    PackedModel packed =
        PackedModels.random(
            "pumps",
            version,
            ScoringProcess.CHANGING.replace("units: 6", "units: " + units),
            seed,
            1);
    assertThat(topic.publish(packed)).isTrue();
  }

  private static void activate(ModelsTopic topic, long version, long fromMs, Mode mode) {
    topic.edit(
        "pumps",
        contents ->
            contents
                .timeline("pumps")
                .plus(
                    new Timeline.Activation(
                        version, fromMs, mode, Timeline.ALL, System.currentTimeMillis(), "test")));
  }

  /** Until all these instances have said that they know of an activation. */
  private static void awaitKnown(long version, String... instances) {
    for (String instance : instances) {
      Path log = servers.state(instance).resolveSibling(instance + ".log");
      Awaitility.await(instance + " to know of version " + version)
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () ->
                  Files.exists(log)
                      && Files.readString(log)
                          .contains("model \"pumps\" version " + version + " is to score"));
    }
  }

  private static ScoringProcess launch(String name, String instance) throws Exception {
    return servers.launch(
        name, instance, "models.topic=" + MODELS, "input.topic=changed-in", "num.stream.threads=1");
  }

  private static void awaitTasks(int all, List<ScoringProcess> instances) {
    Awaitility.await("the tasks to be shared")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              int sum = 0;
              for (ScoringProcess instance : instances) {
                int active = instance.tasks().active();
                if (active == 0) {
                  return false;
                }
                sum += active;
              }
              return sum == all;
            });
  }

  @Test
  void shouldScoreAsOneUndisturbedInstanceWouldWhateverHappensInAChangeOver() throws Exception {
    int tasks = Topics.PARTITIONS;
    Map<String, String> settings = Map.of("bootstrap.servers", servers.broker());
    try (ModelsTopic models = new ModelsTopic(settings, MODELS, Duration.ofSeconds(30));
        Topics topics = new Topics("changed", servers.broker());
        Topics again = new Topics("again", servers.broker());
        Feed feed = new Feed(servers.broker(), servers.registry(), topics.in())) {
      models.create();
      publish(models, 7, 6, 1);
      activate(models, 7, Timeline.ALWAYS, Mode.LIVE);
      feed.holdAt(FIRST);
      feed.start();
      try (ScoringProcess one = launch("changed", "one");
          ScoringProcess two = launch("changed", "two");
          ScoringProcess three = launch("changed", "three")) {
        awaitTasks(tasks, List.of(one, two, three));
        topics.awaitCommitted(100);
        publish(models, 8, 9, 2);
        activate(models, 8, Feed.START_MS + FIRST, Mode.LIVE);
        awaitKnown(8, "one", "two", "three");
        long before = topics.committedScores();
        feed.holdAt(FIRST + 600); // ten records a key, of the forty for which both versions run
        topics.awaitCommitted(before + 100);
        one.close(); // killed hard while the keys change over
        feed.holdAt(BACK);
        try (ScoringProcess four = launch("changed", "four")) {
          awaitTasks(tasks, List.of(two, three, four));
          activate(models, 7, Feed.START_MS + BACK, Mode.ROLLBACK);
          awaitKnown(7, "two", "three", "four");
          feed.holdAt(Integer.MAX_VALUE);
          feed.finish(4_000);
          topics.awaitEnd();
        }
      }
      try (ScoringProcess single = launch("again", "single")) {
        again.awaitEnd(topics.in());
      }
      Map<String, List<String>> scores = topics.scores();
      Map<String, List<String>> expected = again.scores();
      assertThat(scores.keySet()).isEqualTo(expected.keySet());
      expected.forEach((key, made) -> assertThat(scores.get(key)).as(key).isEqualTo(made));
      assertNothingIsLost(feed, scores);
      assertThat(topics.letters()).isEqualTo(feed.garbage());
      assertThat(models(scores.values())).containsExactly("pumps/7", "pumps/8");
    }
  }

  /** As many scores a key as one model alone gives: one frame for each. */
  private static void assertNothingIsLost(Feed feed, Map<String, List<String>> scores) {
    Map<String, Integer> counts = new TreeMap<>();
    scores.forEach((key, made) -> counts.put(key, made.size()));
    assertThat(counts).isEqualTo(feed.counts());
  }

  private static Set<String> models(Collection<List<String>> scores) {
    Pattern name = Pattern.compile("pumps/\\d");
    Set<String> found = new TreeSet<>();
    List<String> all = new ArrayList<>();
    scores.forEach(all::addAll);
    for (String hex : all) {
      Matcher matcher =
          name.matcher(new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1));
      assertThat(matcher.find()).isTrue();
      found.add(matcher.group());
    }
    return found;
  }
}
