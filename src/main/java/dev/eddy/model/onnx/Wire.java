package dev.eddy.model.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads protobuf field by field from a file, so that the bytes of tensors are never held beside
 * their values, and so that no more is held than a file of that length can honestly ask for.
 *
 * <p>Stricter than protobuf's own classes, which leave out what they don't know: a flipped bit then
 * silently loses an attribute. Here a field that is unknown, is of another wire type, or is there
 * twice although it may be there once only, is an error.
 */
final class Wire {
  /** The most nodes, names, attributes, dimensions and so on of a file, all together. */
  static final int MAX_PARTS = 500_000;

  /** The most bytes of a name. */
  static final int MAX_NAME_BYTES = 1 << 16;

  private static final int BUFFER = 1 << 16;

  /** Reads one field of a message. */
  @FunctionalInterface
  interface Fields {
    /** Reads the value of a field, or calls {@link Wire#unknown}. */
    void read(int number) throws IOException;
  }

  /** A range of bytes of the file. */
  record Span(long position, long length) {}

  private final FileChannel channel;
  private final long start;
  private final long end;
  private final CodedInputStream in;
  private final Map<String, String> names = new HashMap<>(); // each once, however often it is read
  private String message = "model";
  private int tag;
  private int parts;
  private int budget = MAX_PARTS;

  Wire(FileChannel channel, Span span) {
    this.channel = channel;
    this.start = span.position;
    this.end = span.position + span.length;
    int buffer = (int) Math.max(16, Math.min(BUFFER, span.length));
    this.in = CodedInputStream.newInstance(new ChannelInput(channel, start, end), buffer);
  }

  /** The same file from somewhere else on. */
  Wire at(Span span) {
    return new Wire(channel, span);
  }

  FileChannel channel() {
    return channel;
  }

  /** Which of a message's fields may be there more than once. */
  static long fields(int... numbers) {
    long set = 0;
    for (int number : numbers) {
      set |= 1L << number;
    }
    return set;
  }

  /** Reads fields up to the end of what is being read. */
  void fields(String what, long repeated, Fields fields) throws IOException {
    String outer = message;
    message = what;
    try {
      long seen = 0;
      while (!in.isAtEnd()) {
        tag = in.readTag();
        int number = WireFormat.getTagFieldNumber(tag);
        long bit = number < Long.SIZE ? 1L << number : 0;
        if ((seen & bit & ~repeated) != 0) {
          throw damaged("field " + number + " is there twice");
        }
        seen |= bit;
        fields.read(number);
      }
    } catch (InvalidProtocolBufferException e) {
      throw damaged(reason(e));
    }
    message = outer;
  }

  private static String reason(InvalidProtocolBufferException e) {
    return e instanceof InvalidProtocolBufferException.InvalidWireTypeException
        ? "a field of an invalid wire type"
        : e.getMessage().contains("ended unexpectedly")
            ? "it ends in the middle of a field, so it is truncated or a length in it is wrong"
            : e.getMessage();
  }

  /** Reads a message that is the value of a field; returns where it is. */
  Span message(String what, long repeated, Fields fields) throws IOException {
    Span span = enter();
    int limit = in.pushLimit((int) span.length);
    count(1);
    fields(what, repeated, fields);
    in.popLimit(limit);
    return span;
  }

  private Span enter() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    long length = in.readRawVarint32();
    long position = start + in.getTotalBytesRead();
    long left = in.getBytesUntilLimit() >= 0 ? in.getBytesUntilLimit() : end - position;
    if (length < 0 || length > left) {
      throw damaged(
          "it ends before the " + (length & 0xffffffffL) + " bytes of a field (truncated?)");
    }
    return new Span(position, length);
  }

  /** Reads the numbers of one field of the message that this begins at, and passes over others. */
  void numbersOf(int field, Element element) throws IOException {
    try {
      while (!in.isAtEnd()) {
        tag = in.readTag();
        if (WireFormat.getTagFieldNumber(tag) == field) {
          int wireType = WireFormat.getTagWireType(tag);
          numbers(wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED ? -1 : wireType, element);
        } else {
          in.skipField(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw damaged(reason(e));
    }
  }

  /** A code of a type, -1 where it is none. */
  static int code(long value) {
    return value < 0 || value > Integer.MAX_VALUE ? -1 : (int) value;
  }

  /** Passes over a field of bytes and says where they are. */
  Span bytes() throws IOException {
    Span span = enter();
    in.skipRawBytes((int) span.length);
    return span;
  }

  /** Passes over a field that nothing here needs. */
  void skip() throws IOException {
    bytes();
  }

  long integer() throws IOException {
    expect(WireFormat.WIRETYPE_VARINT);
    return in.readRawVarint64();
  }

  float number() throws IOException {
    expect(WireFormat.WIRETYPE_FIXED32);
    return in.readFloat();
  }

  /** A name; the same object for equal ones. */
  String name() throws IOException {
    Span span = enter();
    if (span.length > MAX_NAME_BYTES) {
      throw damaged("a name of " + span.length + " bytes; at most " + MAX_NAME_BYTES + " are read");
    }
    count(1);
    byte[] bytes = in.readRawBytes((int) span.length);
    try {
      String name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String same = names.putIfAbsent(name, name);
      return same == null ? name : same;
    } catch (CharacterCodingException e) {
      throw damaged("a name that is not UTF-8 text");
    }
  }

  /** A text that only some operators read: "" for one that is too long or no UTF-8. */
  String text() throws IOException {
    Span span = enter();
    if (span.length > MAX_NAME_BYTES) {
      in.skipRawBytes((int) span.length);
      return "";
    }
    count(1);
    return new String(in.readRawBytes((int) span.length), StandardCharsets.UTF_8);
  }

  /** Reads one number of a repeated field. */
  @FunctionalInterface
  interface Element {
    void read(CodedInputStream in) throws IOException;
  }

  /** Reads the numbers of a repeated field, packed or one of them. */
  void numbers(int wireType, Element element) throws IOException {
    if (WireFormat.getTagWireType(tag) == wireType) {
      element.read(in);
      return;
    }
    int limit = in.pushLimit((int) enter().length);
    while (!in.isAtEnd()) {
      element.read(in);
    }
    in.popLimit(limit);
  }

  /** Passes over a repeated field of numbers; returns at most how many they are. */
  long skipNumbers(int wireType, int leastBytes) throws IOException {
    if (WireFormat.getTagWireType(tag) == wireType) {
      in.skipField(tag);
      return 1;
    }
    return bytes().length / leastBytes;
  }

  /** Counts what takes memory out of proportion to its bytes. */
  void count(int more) throws DamagedException {
    parts += more;
    if (parts > budget) {
      throw damaged("more than " + budget + " nodes, names and numbers");
    }
  }

  private void expect(int wireType) throws DamagedException {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw damaged(
          "field "
              + WireFormat.getTagFieldNumber(tag)
              + " has the wire type "
              + WireFormat.getTagWireType(tag)
              + ", expected "
              + wireType);
    }
  }

  /** There is no such field. */
  DamagedException unknown(int number) {
    return damaged("field " + number + " is unknown");
  }

  DamagedException damaged(String reason) {
    return new DamagedException(
        "invalid " + message + ", byte " + (start + in.getTotalBytesRead()) + ": " + reason);
  }
}
