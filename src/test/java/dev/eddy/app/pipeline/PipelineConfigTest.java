package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EndMarker;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.Log;
import dev.eddy.avro.TextTokens;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelFile;
import dev.eddy.model.PackedModels;
import dev.eddy.model.YamlException;
import dev.eddy.streams.Anomaly;
import dev.eddy.streams.Sequences;
import dev.eddy.streams.StateStore;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineConfigTest {
  private static final String LEAST =
      """
      name: pumps
      model: m.yaml
      input:
        topic: readings
        channels: [value]
      """;

  @TempDir Path folder;

  @Test
  void shouldSayWhatAnOnnxFileLeavesOpen() throws IOException {
    String model = "model: {file: m.onnx, time-axis: 2, output: y}";
    PipelineConfig config = read(LEAST.replace("model: m.yaml", model));
    assertThat(config.model())
        .isEqualTo(
            new ModelFile(
                folder.resolve("m.onnx"), new ImportOptions(OptionalInt.of(2), Optional.of("y"))));
    assertThatThrownBy(() -> read(LEAST.replace("model: m.yaml", model.replace("output", "out"))))
        .hasMessageContaining("model.out: unknown key; accepted here: file, time-axis, output");
  }

  @Test
  void shouldNeedLittle() throws IOException {
    PipelineConfig config = read(LEAST);
    assertThat(config.name()).isEqualTo("pumps");
    assertThat(config.applicationId()).isEqualTo("eddy-pumps");
    assertThat(config.model().path()).isEqualTo(folder.resolve("m.yaml"));
    assertThat(config.input().topic()).isEqualTo("readings");
    assertThat(config.output().topic()).isEqualTo("pumps-scores");
    assertThat(config.deadLetterTopic()).isEqualTo("pumps-dead-letters");
    assertThat(config.input().mapping().channels())
        .containsExactly(ChannelSpec.numeric("value", "value"));
    assertThat(config.input().mapping().time()).isEmpty();
    assertThat(config.input().keyColumn()).isEmpty();
    assertThat(config.input().time()).isEqualTo(new TimeConfig(Timing.NONE, Optional.empty()));
    assertThat(config.anomaly()).isEmpty();
    assertThat(config.store()).isEqualTo(StateStore.standard());
    assertThat(config.kafka()).isEmpty();
    assertThat(config.registry()).isEmpty();
  }

  @Test
  void shouldTakeAllKeys() throws IOException {
    PipelineConfig config =
        read(
            """
            name: pumps
            model: ../models/m.yaml
            input:
              topic: readings
              time: {field: t, format: "yyyy-MM-dd HH:mm:ss", zone: Europe/Paris}
              key: sensor
              bad: hold
              channels:
                - {field: value, mean: 79.4, std: 9.3, name: temperature, bad: {constant: 1.5}}
                - {field: state, one-hot: [off, idle, on]}
                - {field: axes, length: 3, bad: dead-letters}
                - {field: word, tokens: [a, b]}
                - value2
            output:
              topic: scores
            anomaly:
              horizon: 2
              short-term: 5
              long-term: 100
              warm-up: 50
            store:
              kind: memory
              caching: false
              other-layout: reset
            kafka:
              bootstrap.servers: localhost:9092
              application.id: mine
              num.stream.threads: 2
            schema.registry:
              url: http://localhost:8081
              max.retries: 1
            dead-letters: dead
            """);
    assertThat(config.model().path()).isEqualTo(folder.resolve("../models/m.yaml"));
    assertThat(config.input().mapping().time())
        .contains(
            new EventTime("t", Optional.of("yyyy-MM-dd HH:mm:ss"), ZoneId.of("Europe/Paris")));
    assertThat(config.input().keyColumn()).contains("sensor");
    assertThat(config.input().mapping().channels())
        .containsExactly(
            ChannelSpec.numeric("temperature", "value")
                .scaled(79.4, 9.3)
                .withBad(BadValue.constant(1.5)),
            ChannelSpec.oneHot("state", "state", List.of("off", "idle", "on"))
                .withBad(BadValue.HOLD),
            ChannelSpec.array("axes", "axes", 3),
            ChannelSpec.token("word", "word", List.of("a", "b")).withBad(BadValue.HOLD),
            ChannelSpec.numeric("value2", "value2").withBad(BadValue.HOLD));
    assertThat(config.output().topic()).isEqualTo("scores");
    assertThat(config.deadLetterTopic()).isEqualTo("dead");
    assertThat(config.anomaly()).contains(new Anomaly(2, 5, 100, 50));
    assertThat(config.store())
        .isEqualTo(new StateStore(StateStore.Kind.MEMORY, false, StateStore.OtherLayout.RESET));
    assertThat(config.applicationId()).isEqualTo("mine");
    assertThat(config.kafka()).containsEntry("num.stream.threads", "2");
    assertThat(config.registry())
        .isEqualTo(Map.of("url", "http://localhost:8081", "max.retries", "1"));
  }

  @Test
  void shouldTakeTheKeysOfTime() throws IOException {
    PipelineConfig config = read(LEAST + "  grace: 30s\n  idle: 10s\n  late-topic: tardy\n");
    assertThat(config.input().time().timing().grace())
        .isEqualTo(new Grace(Duration.ofSeconds(30), Duration.ofSeconds(10), 1_000));
    assertThat(config.outputTopics())
        .containsExactly("pumps-scores", "pumps-dead-letters", "tardy");
    config = read(LEAST + "  grace: {for: 1h, max-records-per-key: 5}\n");
    assertThat(config.input().time().timing().grace())
        .isEqualTo(new Grace(Duration.ofHours(1), Duration.ofMinutes(1), 5));
    assertThat(config.outputTopics()).containsExactly("pumps-scores", "pumps-dead-letters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grace: 5 minits | input.grace: \"5 minits\" is not a duration; write 5m, 30s, 1h",
        "grace: 4000d | input.grace: \"4000d\" is too long; write 3650d or less",
        "grace: {max-records-per-key: 5} | input.grace: the key \"for\" is missing",
        "grace: {for: 1s, max-records-per-key: 0} | input.grace.max-records-per-key: \"0\" is not a"
            + " whole number from 1 to 1000000",
        "grace: {for: 1s, most: 1} | input.grace.most: unknown key; accepted here: for,"
            + " max-records-per-key",
        "idle: 0s | input.idle: \"0s\" is too short; write 1ms or more",
        "late-tolerance: 4000d | input.late-tolerance: \"4000d\" is too long; write 3650d or less",
        "late-topic: a/b | input.late-topic: \"a/b\" is not a topic",
        "late-topic: readings | input.late-topic: \"readings\" has another use in this pipeline",
      })
  void shouldNameWhatIsWrongWithTheKeysOfTime(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + "  " + line + "\n"))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":6: " + message);
  }

  @Test
  void shouldTakeEveryKindOfChannel() throws IOException {
    Files.writeString(folder.resolve("letters.txt"), "\ufeff<unk>\na\n \n\\n\n\\u00e9\n\\\n");
    PipelineConfig config =
        read(
            LEAST.replace(
                "channels: [value]",
                """
                channels:
                    - {field: p, log: true, mean: 1, std: 2}
                    - {field: q, log1p: true}
                    - {field: state, one-hot: ["on", "off", "?"], other: "?"}
                    - {field: word, tokens: [a, b], other: b}
                    - text: {field: line, as: characters, vocabulary: letters.txt, other: <unk>,
                             after: "\\n", max-tokens: 10, beyond: cut}
                """));
    TextTokens letters =
        TextTokens.of(TextTokens.As.CHARACTERS, List.of("<unk>", "a", " ", "\n", "é", "\\"))
            .withOther("<unk>")
            .withAfter(3)
            .cutAfter(10);
    assertThat(config.input().mapping().channels())
        .containsExactly(
            ChannelSpec.numeric("p", "p").with(Log.LOG).scaled(1, 2),
            ChannelSpec.numeric("q", "q").with(Log.LOG1P),
            ChannelSpec.oneHot("state", "state", List.of("on", "off", "?")).withOther("?"),
            ChannelSpec.token("word", "word", List.of("a", "b")).withOther("b"),
            ChannelSpec.text("line", "line", letters));
    config =
        read(LEAST.replace("[value]", "[{text: {field: l, as: bytes, before: 256, name: t}}]"));
    assertThat(config.input().mapping().channels())
        .containsExactly(ChannelSpec.text("t", "l", TextTokens.bytes().withBefore(256)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{field: p, log: true, log1p: true} | : log and log1p exclude each other",
        "{field: p, log: true, bad: {constant: 0}} | : channel \"p\": the constant is 0.0; accepted:"
            + " a number above 0",
        "{field: p, tokens: [a], other: b} | : channel \"p\": other: \"b\" is not one of the words",
        "{field: p, tokens: [a], bad: {constant: 0.5}} | : channel \"p\": the constant is 0.5;"
            + " accepted: a token, a whole number from 0 on",
        "{field: p, other: b} | .other: unknown key",
        "{text: {field: l, as: letters}} | .text.as: \"letters\" is not one of characters, bytes,"
            + " words",
        "{text: {field: l, as: words}} | .text: the key \"vocabulary\" is missing",
        "{text: {field: l, as: bytes, vocabulary: [a]}} | .text.vocabulary: unknown key",
        "{text: {field: l, as: words, vocabulary: [a], other: b}} | .text.other: \"b\" is not in the"
            + " vocabulary",
        "{text: {field: l, as: bytes, bad: hold}} | .text: channel \"l\": a bad text goes to dead"
            + " letters or becomes one token",
        "{text: {field: l, as: bytes, max-tokens: 0}} | .text.max-tokens: \"0\" is not a whole"
            + " number from 1 to 65536",
        "{text: {field: l, as: words, vocabulary: none.txt}} | .text.vocabulary: {}none.txt: no such"
            + " file; write one with an entry a line, in UTF-8",
        "{text: {field: l, as: words, vocabulary: twice.txt}} | .text.vocabulary: {}twice.txt:3:"
            + " \"a\" stands there twice; write a different entry a line",
        "{text: {field: l, as: words, vocabulary: binary.txt}} | .text.vocabulary: {}binary.txt is"
            + " not UTF-8",
      })
  void shouldNameWhatIsWrongWithAChannel(String channel, String message) throws IOException {
    Files.writeString(folder.resolve("twice.txt"), "a\nb\na\n");
    Files.write(folder.resolve("binary.txt"), new byte[] {(byte) 0xff, 10});
    assertThatThrownBy(() -> read(LEAST.replace("[value]", "[" + channel + "]")))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(
            folder.resolve("c.yaml")
                + ":5: input.channels[0]"
                + message.replace("{}", folder + "/"));
  }

  @Test
  void shouldTakeTheCalendarAndContext() throws IOException {
    PipelineConfig config =
        read(
            LEAST.replace(
                    "[value]", "[value, {calendar: [day, year], zone: Europe/Paris, name: p}]")
                + """
                context:
                  topic: rooms
                  global: false
                  missing: {constant: 1}
                  bad: hold
                  channels: [size]
                """);
    assertThat(config.input().calendars())
        .containsExactly(
            new Calendar(
                "p", List.of(Calendar.Cycle.DAY, Calendar.Cycle.YEAR), ZoneId.of("Europe/Paris")));
    assertThat(config.context())
        .contains(
            new ContextConfig(
                "rooms",
                false,
                InputMapping.of(ChannelSpec.numeric("size", "size").withBad(BadValue.HOLD)),
                BadValue.constant(1)));
    assertThat(config.inputTopics()).containsExactly("readings", "rooms");
    Model model =
        PackedModels.random(
                "m", 1, "input: {channels: 6}\nlayers: [relu]\noutputs: [a, b, c, d, e, f]\n", 1, 1)
            .model();
    assertThat(config.scoring(model).channels())
        .extracting(dev.eddy.streams.Channel::name)
        .containsExactly("value", "p_day_sin", "p_day_cos", "p_year_sin", "p_year_cos", "size");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "context: {topic: readings, channels: [a]} | context: \"readings\" has another use in this"
            + " pipeline",
        "context: {topic: t} | context: the key \"channels\" is missing",
        "context: {topic: t, channels: [{calendar: [day]}]} | context.channels: the calendar is of a"
            + " record's time; write it in input.channels",
        "context: {topic: t, channels: [{text: {field: l, as: bytes}}]} | context.channels: context"
            + " topic \"t\": a row is neither a text, nor has it a time or an end",
        "context: {topic: t, channels: [a], missing: skip} | context.missing: \"skip\" is not"
            + " accepted; accepted: dead-letters, hold, {constant: NUMBER}",
      })
  void shouldNameWhatIsWrongWithContext(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + line + "\n"))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":6: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{calendar: [day]}, value | [1]: the channels of the calendar must stand behind all others",
        "value, {calendar: [month]} | [1].calendar[0]: \"month\" is not one of day, week, year",
        "value, {calendar: [day], zone: Mars} | [1].zone: \"Mars\" is not a time zone",
      })
  void shouldNameWhatIsWrongWithACalendar(String channels, String message) {
    assertThatThrownBy(() -> read(LEAST.replace("[value]", "[" + channels + "]")))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":5: input.channels" + message);
  }

  @Test
  void shouldTakeTheEndsOfSequences() throws IOException {
    PipelineConfig config =
        read(
            LEAST
                + "  end: {field: status, equals: closed, include: false, idle: 10m}\n"
                + "store: {expire: 7d}\n");
    assertThat(config.input().mapping().end()).contains(new EndMarker("status", "closed", false));
    assertThat(config.input().sequences())
        .isEqualTo(Sequences.OPEN.endingWhenIdleFor(Duration.ofMinutes(10)));
    assertThat(config.expiry())
        .contains(new Sequences.Expiry(Duration.ofDays(7), Sequences.Clock.STREAM_TIME));
    config = read(LEAST + "  sequence: record\n");
    assertThat(config.input().sequences()).isEqualTo(Sequences.OPEN.ofOneRecord());
    config = read(LEAST + "store: {expire: {after: 1d, by: wall-clock}}\n");
    assertThat(config.expiry())
        .contains(new Sequences.Expiry(Duration.ofDays(1), Sequences.Clock.WALL_CLOCK));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "  end: {include: true} | input.end.include: without field there is nothing to compare; write"
            + " field: NAME, or leave it out",
        "  end: {idle: 1m, equals: a} | input.end.equals: without field there is nothing to"
            + " compare",
        "  end: {} | input.end: nothing is said here; write field: NAME and equals: VALUE, or idle:"
            + " 10m",
        "  end: {field: s} | input.end: the key \"equals\" is missing",
        "  end: {field: 's[', equals: a} | input.end.field: ",
        "  end: {idle: 0s} | input.end.idle: \"0s\" is too short; write 1ms or more",
        "  end: {after: 1s} | input.end.after: unknown key; accepted here: field, equals, include,"
            + " idle",
        "  sequence: line | input.sequence: \"line\" is not one of key, record",
        "store: {expire: {by: sundial, after: 1d}} | store.expire.by: \"sundial\" is not one of"
            + " stream-time, wall-clock",
        "store: {expire: soon} | store.expire: \"soon\" is not a duration; write 5m, 30s, 1h",
      })
  void shouldNameWhatIsWrongWithEnds(String line, String message) {
    String indented = line.startsWith("store") ? line : "  " + line;
    assertThatThrownBy(() -> read(LEAST + indented + "\n"))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":6: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sequence: record | every: 1s | input.sequence: every, gap, window and the like are over"
            + " records of a key; write sequence: key",
        "end: {idle: 10m} | every: 1s | input.end.idle: with every, gap, window and the like write"
            + " gap: {over: 10m, then: flush} in its place",
        "channels: [{text: {field: l, as: bytes}}] | every: 1s | input.every: a text has no tokens"
            + " between its records; leave it out",
        "channels: [{text: {field: l, as: bytes}}] | 'gap: {over: 1s, then: fill}' | input.gap.then:"
            + " a text has no tokens between its records; accepted: reset, flush, mark",
      })
  void shouldNameWhatDoesNotGoWithFramesOfSeveralRecords(
      String first, String second, String message) {
    String text = "name: p\nmodel: m.yaml\ninput:\n  topic: t\n  %s\n  %s\n";
    String channels = first.startsWith("channels") ? "" : "  channels: [a]\n";
    assertThatThrownBy(() -> read(text.formatted(first, second) + channels))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":")
        .contains(": " + message);
  }

  @Test
  void shouldTakeTextsWithWhatWorksOnTokens() throws IOException {
    String text = LEAST.replace("[value]", "[{text: {field: l, as: bytes}}]");
    assertThat(
            read(text
                    + "  gap: {over: 1h, then: mark}\n  since-last: {}\n"
                    + "  window: {count: 4, samples: 4}\n")
                .input()
                .time()
                .timing()
                .frames())
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"machine-temperature", "nyc-taxi"})
  void shouldReadTheConfigsThatComeWithTheProgram(String name) {
    PipelineConfig config = PipelineConfig.read(Path.of("config", name + ".yaml"));
    assertThat(config.scoring(config.model().read()).anomaly()).contains(Anomaly.standard());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: pumps | name: a b | 1: name: \"a b\" is not a name; it is 1 to 100 letters, digits,"
            + " '.', '_' or '-'",
        "model: m.yaml | # none | 1: the key \"model\" is missing",
        "model: m.yaml | model: \"a\\0b\" | 2: model: not a file's name: Nul character not allowed",
        "topic: readings | topic: a/b | 4: input.topic: \"a/b\" is not a topic; it is 1 to 249"
            + " letters, digits, '.', '_' or '-'",
        "topic: readings | topic: pumps-scores | 1: input, output and dead letters need topics of"
            + " their own, got pumps-scores, pumps-scores, pumps-dead-letters",
        "topic: readings | tpic: x | 4: input: the key \"topic\" is missing",
        "[value] | value | 5: input.channels: \"value\" is not a list",
        "[value] | [{field: v, meen: 1}] | 5: input.channels[0].meen: unknown key",
        "[value] | [{field: v, std: 0}] | 5: input.channels[0]: channel \"v\": std must be a finite"
            + " number above 0, got 0.0",
        "[value] | [{field: v, std: x}] | 5: input.channels[0].std: \"x\" is not a number",
        "[value] | [{field: v, bad: drop}] | 5: input.channels[0].bad: \"drop\" is not accepted;"
            + " accepted: dead-letters, hold, {constant: NUMBER}",
        "[value] | [{field: v, length: 2, one-hot: [a]}] | 5: input.channels[0]: one-hot, tokens"
            + " and length exclude each other",
        "[value] | [{field: v, one-hot: [a], mean: 1}] | 5: input.channels[0].mean: unknown key",
        "[value] | [v, v] | 5: input.channels:",
      })
  void shouldNameFileLineAndKey(String good, String wrong, String message) {
    assertThatThrownBy(() -> read(LEAST.replace(good, wrong)))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":" + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "time: {field: t, zone: Mars} | input.time.zone: \"Mars\" is not a time zone; write UTC,"
            + " +02:00, Europe/Paris",
        "time: {field: t, format: 'yyyy-bb'} | input.time: pattern \"yyyy-bb\" is not a date and"
            + " time pattern: Unknown pattern letter: b; write one like yyyy-MM-dd HH:mm:ss",
        "time: {field: t, format: 'HH:mm'} | input.time: pattern \"HH:mm\" names no whole date:"
            + " \"17:38\" is no time; write one like yyyy-MM-dd HH:mm:ss",
        "time: {field: t, format: 'yyyy-MM-dd hh:mm'} | input.time: pattern \"yyyy-MM-dd hh:mm\" does"
            + " not tell \"2003-11-24 05:38\" from other times of the day; write one like",
      })
  void shouldNameWhatIsWrongWithATime(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + "  " + line + "\n"))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":6: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "anomaly: {horizon: 0} | anomaly.horizon: \"0\" is not a whole number from 1 to 1000",
        "anomaly: {short-term: 20, long-term: 10} | anomaly: long-term and warm-up must be short-term or"
            + " more, got 10 and 500 beside 20",
        "models: {topic: readings} | models: \"readings\" has another use in this pipeline",
        "models: {topic: pumps-scores-shadow} | models: \"pumps-scores-shadow\" has another use in"
            + " this pipeline",
        "store: {kind: disk} | store.kind: \"disk\" is not one of rocksdb, memory",
        "store: {other-layout: keep} | store.other-layout: \"keep\" is not one of fail, reset",
        "kafka: {num.stream.threads: abc} | kafka.num.stream.threads: \"abc\" is not accepted: Not a"
            + " number of type INT",
        "kafka: {commit.interval.ms: -1} | kafka.commit.interval.ms: \"-1\" is not accepted: Value"
            + " must be at least 0",
        "kafka: {main.consumer.session.timeout.ms: 5s} | kafka.main.consumer.session.timeout.ms:"
            + " \"5s\" is not accepted: Not a number",
        "kafka: {fetch.min.bytes: x} | kafka.fetch.min.bytes: \"x\" is not accepted: Not a number",
        "schema.registry: {max.retries: x} | schema.registry: ",
        "kafka: {ssl: {on: 1}} | kafka.ssl: a block of keys is not a text",
        "titel: x | titel: unknown key; accepted here: name, model, input, context, output, anomaly,"
            + " store, kafka, schema.registry, dead-letters",
        "schema.registry: {url: nowhere} | schema.registry: ",
      })
  void shouldNameWhatIsWrongInASection(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + line + "\n"))
        .isInstanceOf(YamlException.class)
        .message()
        .startsWith(folder.resolve("c.yaml") + ":6: " + message);
  }

  @Test
  void shouldTellThatTheModelDoesNotFitTheInput() throws IOException {
    PipelineConfig config = read(LEAST);
    Model model = Model.read(Path.of("models/pumps/model.yaml"));
    assertThatThrownBy(() -> config.scoring(model))
        .isInstanceOf(YamlException.class)
        .hasMessage(
            folder.resolve("c.yaml")
                + ":5: input.channels: model \"pumps\" version 1 takes frames of 5 values, the input gives 1:"
                + " [value]");
  }

  @Test
  void shouldNameSomeOfManyChannelsThatDoNotFit() throws IOException {
    PipelineConfig config = read(LEAST.replace("[value]", "[{field: p, length: 784}]"));
    Model model = Model.read(Path.of("models/pumps/model.yaml"));
    assertThatThrownBy(() -> config.scoring(model))
        .message()
        .contains("the input gives 784: [p_0, p_1, ")
        .endsWith(", p_23, ...], 784 in all")
        .hasSizeLessThan(400);
  }

  @Test
  void shouldKeepTheRegistrysSettingsAtAnotherUrl() throws IOException {
    PipelineConfig config = read(LEAST + "schema.registry: {url: 'http://a:1', max.retries: 7}\n");
    assertThat(Site.registrySettings(config, "http://b:2").forSerde())
        .containsEntry("schema.registry.url", "http://b:2")
        .containsEntry("max.retries", "7");
    PipelineConfig prefixed =
        read(LEAST + "schema.registry: {schema.registry.url: 'http://a:1'}\n");
    assertThat(Site.registrySettings(prefixed, "http://b:2").url()).isEqualTo("http://b:2");
  }

  private PipelineConfig read(String text) throws IOException {
    return PipelineConfig.read(Files.writeString(folder.resolve("c.yaml"), text));
  }
}
