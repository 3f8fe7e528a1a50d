package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;

/** A length of the sequence that was tried is shorter than a window; a longer one may do. */
final class TooShortException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ModelException reason;

  TooShortException(ModelException reason) {
    super(reason.getMessage(), reason);
    this.reason = reason;
  }

  ModelException reason() {
    return reason;
  }
}
