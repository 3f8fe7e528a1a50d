package dev.eddy.network;

import dev.eddy.layer.StatePart;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which values of a key's state belong to what: named parts, one after the other, in graph order.
 *
 * <p>Two networks with equal layouts can go on with each other's state. The fingerprint, the first
 * 8 bytes of the SHA-256 of the layout's text, stands for the layout in stored states.
 *
 * @param parts names unique, such as {@code 2.lstm.h0}
 */
public record StateLayout(List<StatePart> parts) {
  public StateLayout {
    parts = List.copyOf(parts);
  }

  /** This layout followed by more parts, whose names get the prefix {@code owner.}. */
  public StateLayout with(String owner, List<StatePart> more) {
    List<StatePart> all = new ArrayList<>(parts);
    all.addAll(named(owner, more));
    return new StateLayout(all);
  }

  /** The parts of a layout that belong to an owner: their names get the prefix {@code owner.}. */
  static List<StatePart> named(String owner, List<StatePart> parts) {
    return parts.stream()
        .map(part -> new StatePart(owner + "." + part.name(), part.length()))
        .toList();
  }

  /** Values of state. */
  public int length() {
    return parts.stream().mapToInt(StatePart::length).sum();
  }

  /** Stands for the layout; equal for equal layouts. */
  public long fingerprint() {
    byte[] digest;
    try {
      digest =
          MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    return java.nio.ByteBuffer.wrap(digest).getLong();
  }

  /** A fingerprint as users see it: 16 hexadecimal digits. */
  public static String text(long fingerprint) {
    return HexFormat.of().toHexDigits(fingerprint);
  }

  /** The name of the part that the value at {@code index} belongs to. */
  public String partAt(int index) {
    int end = 0;
    for (StatePart part : parts) {
      end += part.length();
      if (index < end) {
        return part.name();
      }
    }
    throw new IndexOutOfBoundsException(index);
  }

  /** Such as {@code 0.history.k5.d1[64] 2.lstm.h0[32]}. */
  @Override
  public String toString() {
    return parts.stream()
        .map(part -> part.name() + "[" + part.length() + "]")
        .collect(Collectors.joining(" "));
  }
}
