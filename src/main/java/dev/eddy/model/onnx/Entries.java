package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.util.Map;

/** Pairs of texts. */
final class Entries {
  private Entries() {}

  /** Reads the pair that is the value of a field, and adds it. */
  static void read(Wire wire, Map<String, String> entries) throws IOException {
    String[] pair = {"", ""};
    wire.message(
        "entry",
        0,
        number -> {
          switch (number) {
            case StringStringEntryProto.KEY_FIELD_NUMBER -> pair[0] = wire.name();
            case StringStringEntryProto.VALUE_FIELD_NUMBER -> pair[1] = wire.name();
            default -> throw wire.unknown(number);
          }
        });
    if (entries.put(pair[0], pair[1]) != null) {
      throw wire.damaged("the entry " + Shown.name(pair[0]) + " is there twice");
    }
  }
}
