package dev.eddy.model.onnx;

import java.io.IOException;

/** The bytes of a file are not those of a model, or not all of them. */
final class DamagedException extends IOException {
  DamagedException(String message) {
    super(message);
  }
}
