package dev.eddy.streams;

import static dev.eddy.streams.TestPipeline.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.TextTokens;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModels;
import dev.eddy.streams.StateStore.Kind;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTailTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredDouble("a").endRecord();
  private static final Schema LINE =
      SchemaBuilder.record("Line").fields().requiredString("line").endRecord();
  private static final Schema ROOM =
      SchemaBuilder.record("Room")
          .fields()
          .optionalDouble("size")
          .requiredString("kind")
          .endRecord();
  private static final InputMapping A = InputMapping.of(ChannelSpec.numeric("a", "a"));
  private static final InputMapping ROW =
      InputMapping.of(
          ChannelSpec.numeric("size", "size").scaled(10, 2),
          ChannelSpec.oneHot("kind", "kind", List.of("oven", "other")).withOther("other"));
  private static final Calendar DAY = new Calendar("", List.of(Calendar.Cycle.DAY), ZoneOffset.UTC);
  private static final long MORNING = 6 * 3_600_000L;

  /** Gives its frames back. */
  private static Model echo(int channels) {
    List<String> outputs = IntStream.range(0, channels).mapToObj(i -> "y" + i).toList();
    return PackedModels.random(
            "echo",
            1,
            "input: {channels: %d}\nlayers: [identity]\noutputs: %s\n".formatted(channels, outputs),
            1,
            1)
        .model();
  }

  private static TestPipeline pipeline(
      InputMapping mapping, Timing timing, Kind kind, Function<RegistrySettings, FrameTail> tail) {
    List<Channel> channels = new ArrayList<>(Channel.of(mapping));
    channels.addAll(tail.apply(RegistrySettings.at("mock://none")).channels());
    Scoring scoring =
        Scoring.of("oven", echo(channels.size()))
            .with(channels)
            .with(new StateStore(kind, true, StateStore.OtherLayout.FAIL));
    return new TestPipeline(scoring, timing, tail, mapping, false, Map.of());
  }

  private static Function<RegistrySettings, FrameTail> rooms(boolean global, BadValue missing) {
    return registry ->
        FrameTail.NONE.with(
            new ContextTable(
                "rooms", global, ROW, missing, new ObservationDeserializer(ROW, registry)));
  }

  private static List<List<Float>> frames(TestPipeline pipeline) {
    List<List<Float>> frames = new ArrayList<>();
    for (TestRecord<byte[], GenericRecord> score : pipeline.scoresSoFar()) {
      List<Float> values = new ArrayList<>();
      for (Schema.Field field : score.value().getSchema().getFields()) {
        if (field.name().startsWith("y")) {
          values.add((Float) score.value().get(field.pos()));
        }
      }
      frames.add(values);
    }
    return frames;
  }

  @Test
  void shouldNotLetRowsMoveTheClockOfGrace() {
    Timing grace = Timing.NONE.with(Grace.of(Duration.ofMillis(10)));
    try (TestPipeline pipeline =
        pipeline(A, grace, Kind.MEMORY, rooms(false, BadValue.DEAD_LETTERS))) {
      pipeline.pipeTo("rooms", "k", pipeline.encode(ROOM, 14.0, "oven"), MORNING);
      pipeline.pipe("k", pipeline.encode(READING, 0.5), 100);
      pipeline.pipeTo("rooms", "l", pipeline.encode(ROOM, 8.0, "hall"), 2 * MORNING);
      pipeline.pipe("k", pipeline.encode(READING, 0.25), 99);
      assertThat(frames(pipeline)).isEmpty();
      pipeline.pipe("k", pipeline.encode(READING, 0.75), 110);
      assertThat(frames(pipeline)).extracting(frame -> frame.get(0)).containsExactly(0.25f, 0.5f);
      assertThat(pipeline.deadSoFar()).isEmpty();
    }
  }

  @Test
  void shouldPutTheCalendarBehindTheFields() {
    try (TestPipeline pipeline =
        pipeline(A, Timing.NONE, Kind.MEMORY, registry -> FrameTail.NONE.with(DAY))) {
      pipeline.pipe("k", pipeline.encode(READING, 0.5), MORNING);
      assertThat(frames(pipeline))
          .containsExactly(List.of(0.5f, 1f, (float) StrictMath.cos(Math.PI / 2)));
      assertThat(pipeline.driver.getAllStateStores()).containsOnlyKeys("oven-state");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldPutTheRowOfAKeyBehindItsFrames(boolean global) {
    for (Kind kind : Kind.values()) {
      try (TestPipeline pipeline =
          pipeline(
              A,
              Timing.NONE,
              kind,
              registry -> rooms(global, BadValue.DEAD_LETTERS).apply(registry).with(DAY))) {
        pipeline.pipeTo("rooms", "k", pipeline.encode(ROOM, 14.0, "oven"), 1);
        pipeline.pipeTo("rooms", "l", pipeline.encode(ROOM, 8.0, "hall"), 1);
        pipeline.pipe("k", pipeline.encode(READING, 0.5), 2 * MORNING);
        pipeline.pipe("l", pipeline.encode(READING, 0.25), 2 * MORNING);
        pipeline.pipeTo("rooms", "k", pipeline.encode(ROOM, 12.0, "oven"), 3);
        pipeline.pipe("k", pipeline.encode(READING, 0.5), 2 * MORNING);
        float noon = (float) StrictMath.sin(Math.PI);
        assertThat(frames(pipeline))
            .containsExactly(
                List.of(0.5f, noon, -1f, 2f, 1f, 0f),
                List.of(0.25f, noon, -1f, -1f, 0f, 1f),
                List.of(0.5f, noon, -1f, 1f, 1f, 0f));
        assertThat(pipeline.deadSoFar()).isEmpty();
        assertThat(pipeline.driver.getAllStateStores())
            .containsOnlyKeys("oven-state", "oven-context");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BadValue.Action.class)
  void shouldDoWhatIsAskedForWithoutARow(BadValue.Action action) {
    BadValue missing = new BadValue(action, action == BadValue.Action.CONSTANT ? 10 : 0);
    try (TestPipeline pipeline = pipeline(A, Timing.NONE, Kind.MEMORY, rooms(true, missing))) {
      pipeline.pipeTo("rooms", "k", pipeline.encode(ROOM, 14.0, "oven"), 1);
      pipeline.pipe("k", pipeline.encode(READING, 0.5), 1);
      pipeline.pipeTo("rooms", "k", null, 1);
      pipeline.pipe("k", pipeline.encode(READING, 0.25), 2);
      pipeline.pipeTo("rooms", "k", new byte[] {1, 2, 3}, 1); // stops nothing
      byte[] last = pipeline.encode(READING, 0.75);
      pipeline.pipe("k", last, 3);
      List<List<Float>> frames = frames(pipeline);
      assertThat(frames.get(0)).containsExactly(0.5f, 2f, 1f, 0f);
      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      switch (action) {
        case DEAD_LETTERS -> {
          assertThat(frames).hasSize(1);
          assertThat(reason(dead.get(0)))
              .isEqualTo("context topic \"rooms\" has no row for the key");
          assertThat(reason(dead.get(1)))
              .isEqualTo(
                  "context topic \"rooms\" has a row for the key that can't be used: value: has 3"
                      + " bytes; accepted: a 0 byte, a schema id of 4 bytes, then Avro binary");
          assertThat(dead.get(1).value()).isEqualTo(last);
        }
        case HOLD ->
            assertThat(frames.subList(1, 3))
                .containsExactly(List.of(0.25f, 2f, 1f, 0f), List.of(0.75f, 2f, 1f, 0f));
        case CONSTANT ->
            assertThat(frames.subList(1, 3))
                .containsExactly(List.of(0.25f, 0f, 10f, 10f), List.of(0.75f, 0f, 10f, 10f));
      }
    }
  }

  @Test
  void shouldPutTheRowBehindEveryFrameOfATextThatWaited() {
    InputMapping text =
        InputMapping.of(ChannelSpec.text("line", "line", TextTokens.bytes().withAfter(10)));
    Timing grace = Timing.NONE.with(Grace.of(Duration.ofMillis(10)));
    try (TestPipeline pipeline =
        pipeline(text, grace, Kind.MEMORY, rooms(true, BadValue.DEAD_LETTERS))) {
      pipeline.pipeTo("rooms", "k", pipeline.encode(ROOM, 12.0, "oven"), 1);
      byte[] unknown = pipeline.encode(LINE, "x");
      pipeline.pipe("nobody", unknown, 5);
      pipeline.pipe("k", pipeline.encode(LINE, "c"), 6);
      pipeline.pipe("k", pipeline.encode(LINE, "ab"), 5);
      pipeline.pipe("k", null, 7);
      pipeline.pipe("k", pipeline.encode(LINE, ""), 100);
      assertThat(frames(pipeline))
          .containsExactly(
              List.of(97f, 1f, 1f, 0f),
              List.of(98f, 1f, 1f, 0f),
              List.of(10f, 1f, 1f, 0f),
              List.of(99f, 1f, 1f, 0f),
              List.of(10f, 1f, 1f, 0f));
      List<TestRecord<byte[], byte[]>> dead = pipeline.deadSoFar();
      assertThat(dead).hasSize(1);
      assertThat(dead.get(0).value()).isEqualTo(unknown); // though another one set it free
      assertThat(pipeline.store().all()).isExhausted();
    }
  }

  @Test
  void shouldRefuseChannelsThatAreNotTheTails() {
    assertThatThrownBy(
            () ->
                new TestPipeline(
                    Scoring.of("oven", echo(3)),
                    Timing.NONE,
                    registry -> FrameTail.NONE.with(DAY),
                    A,
                    false,
                    Map.of()))
        .hasMessage(
            "the channels must be those of a record, then [day_sin, day_cos], got [in0, in1, in2]");
  }
}
