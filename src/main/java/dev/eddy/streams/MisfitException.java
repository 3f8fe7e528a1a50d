package dev.eddy.streams;

import java.util.Objects;
import java.util.function.Supplier;

/** What is asked for does not go with the model, the channels or the rest of what is asked for. */
public final class MisfitException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is asked for. */
  public enum Part {
    MODEL,
    CHANNELS,
    SCALING,
    EMIT,
    CLASSES,
    ERROR,
    BANDS,
    SURPRISE,
    FORECAST,
    ANOMALY
  }

  private final Part part;

  MisfitException(Part part, String message) {
    this(part, message, null);
  }

  private MisfitException(Part part, String message, Throwable cause) {
    super(message, cause);
    this.part = Objects.requireNonNull(part, "part");
  }

  /** What of it must be changed. */
  public Part part() {
    return part;
  }

  /** Says of what is made which part is wrong if it can't be made. */
  static <T> T of(Part part, Supplier<T> making) {
    try {
      return making.get();
    } catch (MisfitException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new MisfitException(part, e.getMessage(), e);
    }
  }
}
