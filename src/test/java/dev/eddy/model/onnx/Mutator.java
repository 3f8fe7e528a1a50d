package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Damages files: bits, ranges and lengths of the bytes, and fields of the messages that they are.
 * What it does to a file follows from the seed alone.
 */
final class Mutator {
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    5,
    7,
    16,
    127,
    255,
    1024,
    65536,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final float[] FRACTIONS = {
    0, 1, -1, 0.5f, 1e-30f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };
  private static final int MANY = 2000;

  private final Random random;
  private final List<byte[]> others;

  /**
   * @param others files that parts are taken from
   */
  Mutator(long seed, List<byte[]> others) {
    this.random = new Random(seed);
    this.others = others;
  }

  byte[] mutate(byte[] file) {
    byte[] made = file;
    int times = 1 + random.nextInt(3);
    boolean inMessages = random.nextInt(3) > 0;
    for (int i = 0; i < times; i++) {
      made = inMessages ? inMessages(made) : inBytes(made);
    }
    return made;
  }

  private byte[] inBytes(byte[] bytes) {
    if (bytes.length < 2) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 200));
    byte[] made = bytes.clone();
    switch (random.nextInt(7)) {
      case 0 -> made[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> made[at] = (byte) random.nextInt(256);
      case 2 -> made = Arrays.copyOf(bytes, at);
      case 3 -> made = joined(bytes, at, new byte[0], at + length);
      case 4 -> made = joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
      case 5 -> {
        byte[] other = others.get(random.nextInt(others.size()));
        int from = random.nextInt(other.length);
        int to = Math.min(other.length, from + length);
        made = joined(bytes, at, Arrays.copyOfRange(other, from, to), at + length);
      }
      default -> {
        byte[] varint = new byte[random.nextInt(10) + 1];
        Arrays.fill(varint, (byte) 0xff);
        varint[varint.length - 1] = (byte) random.nextInt(128);
        made = joined(bytes, at, varint, at + 1);
      }
    }
    return made;
  }

  private static byte[] joined(byte[] bytes, int end, byte[] middle, int from) {
    byte[] made = Arrays.copyOf(bytes, end + middle.length + bytes.length - from);
    System.arraycopy(middle, 0, made, end, middle.length);
    System.arraycopy(bytes, from, made, end + middle.length, bytes.length - from);
    return made;
  }

  private byte[] inMessages(byte[] bytes) {
    try {
      Message.Builder model = ModelProto.parseFrom(bytes).toBuilder();
      change(model);
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      return inBytes(bytes);
    }
  }

  /** Goes down to a message and changes one of its fields. */
  private void change(Message.Builder message) {
    List<FieldDescriptor> fields = new ArrayList<>(message.getAllFields().keySet());
    List<FieldDescriptor> inner =
        fields.stream().filter(f -> f.getJavaType() == FieldDescriptor.JavaType.MESSAGE).toList();
    if (!inner.isEmpty() && random.nextInt(8) > 0) {
      FieldDescriptor field = inner.get(random.nextInt(inner.size()));
      if (field.isRepeated()) {
        int at = random.nextInt(message.getRepeatedFieldCount(field));
        Message.Builder part = ((Message) message.getRepeatedField(field, at)).toBuilder();
        change(part);
        message.setRepeatedField(field, at, part.build());
      } else {
        Message.Builder part = ((Message) message.getField(field)).toBuilder();
        change(part);
        message.setField(field, part.build());
      }
      return;
    }
    if (fields.isEmpty() || random.nextInt(10) == 0) {
      fields = message.getDescriptorForType().getFields(); // one that is not there yet
    }
    FieldDescriptor field = fields.get(random.nextInt(fields.size()));
    if (field.isRepeated()) {
      changeList(message, field);
    } else if (random.nextInt(4) == 0) {
      message.clearField(field);
    } else {
      message.setField(field, value(message, field, message.getField(field)));
    }
  }

  private void changeList(Message.Builder message, FieldDescriptor field) {
    int count = message.getRepeatedFieldCount(field);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(message.getRepeatedField(field, i));
    }
    int at = count == 0 ? 0 : random.nextInt(count);
    switch (count == 0 ? 0 : random.nextInt(6)) {
      case 0 -> values.add(at, value(message, field, null));
      case 1 -> values.remove(at);
      case 2 -> values.add(values.get(at));
      case 3 -> java.util.Collections.swap(values, at, random.nextInt(count));
      case 4 -> {
        for (int i = random.nextInt(random.nextInt(20) == 0 ? MANY : 8); i > 0; i--) {
          values.add(values.get(at));
        }
      }
      default -> values.set(at, value(message, field, values.get(at)));
    }
    message.setField(field, values);
  }

  private Object value(Message.Builder message, FieldDescriptor field, Object old) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(old instanceof Integer i ? i : 0);
      case LONG -> number(old instanceof Long l ? l : 0);
      case FLOAT -> FRACTIONS[random.nextInt(FRACTIONS.length)];
      case DOUBLE -> (double) FRACTIONS[random.nextInt(FRACTIONS.length)];
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text();
      case BYTE_STRING ->
          random.nextBoolean()
              ? ByteString.copyFromUtf8(text())
              : ByteString.copyFrom(
                  inBytes(old instanceof ByteString b ? b.toByteArray() : new byte[8]));
      case ENUM -> {
        List<EnumValueDescriptor> all = field.getEnumType().getValues();
        yield all.get(random.nextInt(all.size()));
      }
      case MESSAGE ->
          old instanceof Message m ? m : message.newBuilderForField(field).buildPartial();
    };
  }

  private long number(long old) {
    return switch (random.nextInt(4)) {
      case 0 -> old + 1;
      case 1 -> old - 1;
      case 2 -> -old;
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }

  private String text() {
    byte[] other = others.get(random.nextInt(others.size()));
    try {
      Map<FieldDescriptor, Object> graph = ModelProto.parseFrom(other).getGraph().getAllFields();
      List<String> texts =
          new ArrayList<>(List.of("", "x", "y", "SAME_UPPER", "reverse", "\n\u202e"));
      graph.values().forEach(value -> collect(value, texts));
      return texts.get(random.nextInt(texts.size()));
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static void collect(Object value, List<String> texts) {
    if (value instanceof List<?> list) {
      list.forEach(part -> collect(part, texts));
    } else if (value instanceof Message message) {
      message.getAllFields().values().forEach(part -> collect(part, texts));
    } else if (value instanceof String text) {
      texts.add(text);
    }
  }
}
