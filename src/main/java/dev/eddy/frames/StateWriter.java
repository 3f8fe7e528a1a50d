package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian bytes that grow; one per task. */
final class StateWriter {
  private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  void clear() {
    bytes.clear();
  }

  StateWriter put(byte[] values) {
    room(values.length).put(values);
    return this;
  }

  /** Zeros. */
  StateWriter skip(int count) {
    return put(new byte[count]);
  }

  StateWriter putByte(int value) {
    room(1).put((byte) value);
    return this;
  }

  StateWriter putInt(int value) {
    room(4).putInt(value);
    return this;
  }

  StateWriter putLong(long value) {
    room(8).putLong(value);
    return this;
  }

  StateWriter putFloats(float[] values, int offset, int count) {
    ByteBuffer target = room(4 * count);
    target.asFloatBuffer().put(values, offset, count);
    target.position(target.position() + 4 * count);
    return this;
  }

  StateWriter putDoubles(double[] values, int count) {
    ByteBuffer target = room(8 * count);
    target.asDoubleBuffer().put(values, 0, count);
    target.position(target.position() + 8 * count);
    return this;
  }

  /** A new array. */
  byte[] toArray() {
    byte[] array = new byte[bytes.position()];
    bytes.get(0, array);
    return array;
  }

  static void getFloats(ByteBuffer bytes, float[] values, int offset, int count) {
    bytes.asFloatBuffer().get(values, offset, count);
    bytes.position(bytes.position() + 4 * count);
  }

  static void getDoubles(ByteBuffer bytes, double[] values, int count) {
    bytes.asDoubleBuffer().get(values, 0, count);
    bytes.position(bytes.position() + 8 * count);
  }

  private ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + count))
              .order(ByteOrder.LITTLE_ENDIAN);
      larger.put(bytes.flip());
      bytes = larger;
    }
    return bytes;
  }
}
