package dev.eddy.streams.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class TopicFollowerTest {
  /** Writes down what it is told, and fails at some of it. */
  private static final class Told implements TopicFollower.Listener {
    private final List<String> all = new ArrayList<>();
    private final List<String> failing; // each once

    private Told(String... failing) {
      this.failing = new ArrayList<>(List.of(failing));
    }

    private void tell(String what) {
      all.add(what);
      if (failing.remove(what)) {
        throw new TimeoutException("no answer");
      }
    }

    @Override
    public void record(long offset, byte[] key, byte[] value) {
      tell("record " + offset);
    }

    @Override
    public void caughtUp() {
      tell("caught up");
    }

    @Override
    public void tick() {
      tell("tick");
    }
  }

  private static List<String> follow(Told told) {
    List<ConsumerRecord<byte[], byte[]>> records =
        List.of(MemoryReader.record(0, "m", new byte[1]), MemoryReader.record(1, "m", new byte[1]));
    new TopicFollower(
            MemoryReader.TOPIC,
            told,
            () -> told.all.stream().filter("tick"::equals).count() < 2,
            () -> new TopicReader(new MemoryReader(records), MemoryReader.TOPIC),
            0)
        .run();
    return told.all;
  }

  @Test
  void shouldSayOnceThatAllIsRead() {
    assertThat(follow(new Told()))
        .containsExactly("record 0", "record 1", "caught up", "tick", "tick");
  }

  @Test
  void shouldSayAgainThatAllIsReadWhereThatFailed() {
    assertThat(follow(new Told("caught up")))
        .containsExactly(
            "record 0",
            "record 1",
            "caught up",
            "record 0",
            "record 1",
            "caught up",
            "tick",
            "tick");
  }

  @Test
  void shouldHandOverAgainWhatCouldNotBeTaken() {
    assertThat(follow(new Told("record 1")))
        .containsExactly(
            "record 0", "record 1", "record 0", "record 1", "caught up", "tick", "tick");
  }
}
