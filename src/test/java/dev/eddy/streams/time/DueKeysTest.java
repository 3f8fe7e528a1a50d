package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class DueKeysTest {
  private final DueKeys due = new DueKeys(true);

  private static Bytes key(String key) {
    return Bytes.wrap(key.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> poll(long untilMs) {
    List<String> polled = new ArrayList<>();
    for (DueKeys.Due next = due.poll(untilMs); next != null; next = due.poll(untilMs)) {
      polled.add(new String(next.key().get(), StandardCharsets.UTF_8) + "@" + next.timeMs());
    }
    return polled;
  }

  @Test
  void shouldGiveKeysInOrderOfTimeThenOfKeys() {
    for (String key : List.of("b", "a", "c")) {
      due.set(key(key), 10);
    }
    due.set(key("d"), 9);
    due.set(key("e"), 11);
    assertThat(poll(10)).containsExactly("d@9", "a@10", "b@10", "c@10");
    assertThat(due.size()).isEqualTo(1);
  }

  @Test
  void shouldPutAKeyInOrderThatIsSetWhileOthersOfItsTimeAreTakenOut() {
    for (String key : List.of("a", "c", "e")) {
      due.set(key(key), 10);
    }
    assertThat(due.poll(10).key()).isEqualTo(key("a"));
    due.set(key("d"), 10);
    due.set(key("b"), 10);
    assertThat(poll(10)).containsExactly("b@10", "c@10", "d@10", "e@10");
    due.set(key("f"), 10);
    due.set(key("g"), 10);
    assertThat(poll(10)).containsExactly("f@10", "g@10");
  }

  @Test
  void shouldTakeAKeyOutOnceAtItsEarliestTime() {
    due.set(key("a"), 10);
    due.set(key("a"), 5);
    due.set(key("a"), 7); // it is looked at by then anyway
    due.set(key("b"), 10);
    due.set(key("c"), 10);
    due.remove(key("c"));
    assertThat(poll(20)).containsExactly("a@5", "b@10");
    assertThat(due.size()).isZero();
  }
}
