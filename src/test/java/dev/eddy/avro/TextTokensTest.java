package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.TextTokens.As;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class TextTokensTest {
  private static final Schema LINE =
      SchemaBuilder.record("Line")
          .fields()
          .optionalString("line")
          .optionalBytes("raw")
          .optionalDouble("x")
          .endRecord();
  private static final TextTokens LETTERS =
      TextTokens.of(As.CHARACTERS, List.of("<unk>", "a", "b", "é", "😀", "\n"));
  private static final TextTokens WORDS = TextTokens.of(As.WORDS, List.of("the", "cat", "?"));

  private static GenericRecord line(String text) {
    GenericRecord record = new GenericData.Record(LINE);
    record.put("line", text);
    record.put("raw", ByteBuffer.wrap(new byte[] {0, -1}));
    record.put("x", 0.5);
    return record;
  }

  private static Observation read(ChannelSpec text, String line) {
    return new FrameReader(InputMapping.of(text)).read(line(line));
  }

  private static float[] tokens(TextTokens tokens, String line) {
    return read(ChannelSpec.text("t", "line", tokens), line).frame();
  }

  @Test
  void shouldReadCharactersAsCodePoints() {
    assertThat(tokens(LETTERS, "ab\né😀a")).containsExactly(1, 2, 5, 3, 4, 1);
    assertThat(tokens(LETTERS.withOther("<unk>"), "a<z")).containsExactly(1, 0, 0);
    assertThatThrownBy(() -> tokens(LETTERS, "az"))
        .isInstanceOf(BadRecordException.class)
        .hasMessage("field \"line\": has \"z\", which is not in the vocabulary, and no other is");
  }

  @Test
  void shouldReadBytes() {
    assertThat(tokens(TextTokens.bytes(), "aé")).containsExactly(97, 0xc3, 0xa9);
    assertThat(read(ChannelSpec.text("t", "raw", TextTokens.bytes()), "").frame())
        .containsExactly(0, 255);
    assertThat(tokens(TextTokens.bytes().withBefore(256).withAfter(257), ""))
        .containsExactly(256, 257);
  }

  @Test
  void shouldReadWordsBetweenWhiteSpace() {
    assertThat(tokens(WORDS.withOther("?"), "  the\tbig\u00a0cat\n")).containsExactly(0, 2, 1);
    assertThat(tokens(WORDS, " ")).isEmpty();
    assertThatThrownBy(() -> tokens(WORDS, "the dog")).hasMessageContaining("has \"dog\"");
  }

  @Test
  void shouldSayWhatBecomesOfALongText() {
    assertThat(tokens(LETTERS.cutAfter(3), "abab")).containsExactly(1, 2, 1);
    assertThat(tokens(LETTERS.withBefore(9).withAfter(8).cutAfter(4), "abab"))
        .containsExactly(9, 1, 2, 8);
    assertThat(tokens(LETTERS.atMost(4), "abab")).hasSize(4);
    assertThatThrownBy(() -> tokens(LETTERS.withAfter(0).atMost(4), "abab"))
        .hasMessage(
            "field \"line\": has more than 3 characters; accepted: so many, or write beyond: cut");
  }

  @Test
  void shouldGiveNoFrameForAnEmptyTextAndOneForABadOne() {
    ChannelSpec text = ChannelSpec.text("t", "line", LETTERS);
    Observation empty = read(text, "");
    assertThat(empty.count()).isZero();
    assertThat(empty.frame()).isEmpty();
    assertThatThrownBy(() -> read(text, null))
        .hasMessage("field \"line\": is null; accepted: a text");
    assertThat(read(text.withBad(BadValue.constant(3)), null).frame()).containsExactly(3);
    assertThatThrownBy(() -> text.withBad(BadValue.HOLD))
        .hasMessageContaining("write bad: dead-letters or bad: {constant: 0}");
  }

  @Test
  void shouldRepeatTheOtherChannelsInEachFrame() {
    InputMapping mapping =
        InputMapping.of(ChannelSpec.text("t", "line", LETTERS), ChannelSpec.numeric("x", "x"));
    Observation read = new FrameReader(mapping).read(line("ab"));
    assertThat(read.count()).isEqualTo(2);
    assertThat(read.frame()).containsExactly(1, 0.5f, 2, 0.5f);
    assertThat(mapping.givesSeveralFrames()).isTrue();
    assertThatThrownBy(
            () ->
                InputMapping.of(
                    ChannelSpec.text("t", "line", LETTERS), ChannelSpec.text("u", "line", WORDS)))
        .hasMessageContaining("at most 1 channel may be a text");
  }

  @Test
  void shouldRefuseAVocabularyThatCantBe() {
    assertThatThrownBy(() -> TextTokens.of(As.WORDS, List.of()))
        .hasMessage("characters and words need a vocabulary");
    assertThatThrownBy(() -> TextTokens.of(As.BYTES, List.of("a")))
        .hasMessageContaining("bytes are their own tokens");
    assertThatThrownBy(() -> TextTokens.of(As.WORDS, List.of("a", "a")))
        .hasMessageContaining("got \"a\" twice");
    assertThatThrownBy(() -> LETTERS.withOther("z"))
        .hasMessage("other: \"z\" is not in the vocabulary");
    assertThatThrownBy(() -> LETTERS.atMost(0))
        .hasMessage("tokens of a text must be 1..65536, got 0");
  }
}
