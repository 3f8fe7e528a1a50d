package dev.eddy.streams;

import dev.eddy.score.Bands;
import dev.eddy.score.Classes;
import dev.eddy.score.Comparison;
import dev.eddy.score.Emit;
import dev.eddy.score.Forecast;
import dev.eddy.score.Surprise;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What scores are made of, after the step; immutable. Start from {@link #standard} and refine:
 *
 * <pre>{@code
 * scoring.with(Outputs.standard().with(Classes.of("walk", "sit")).emit(new Emit.End()));
 * }</pre>
 *
 * @param emit which scores go out
 * @param emitted whether each says the event time of the record that made it
 * @param inUnits whether outputs that name channels are in the unit of the channel's field; else as
 *     the model gives them
 * @param classes outputs are probabilities of classes
 * @param comparison outputs are compared with inputs
 * @param bands around what is compared
 * @param surprise outputs foretell the next token
 * @param forecast several frames ahead
 */
public record Outputs(
    Emit emit,
    boolean emitted,
    boolean inUnits,
    Optional<Classes> classes,
    Optional<Comparison> comparison,
    Optional<Bands> bands,
    Optional<Surprise> surprise,
    Optional<Forecast> forecast) {

  public Outputs {
    Objects.requireNonNull(emit, "emit");
    long readings = Stream.of(classes, comparison, surprise).filter(Optional::isPresent).count();
    if (readings > 1) {
      throw new IllegalArgumentException(
          "outputs are classes, or compared with inputs, or foretell tokens: one of these");
    }
    if (forecast.isPresent()) {
      check(forecast.get(), emit, classes, surprise);
      if (forecast.get().as() == Forecast.As.RECORDS && comparison.isPresent()) {
        throw new IllegalArgumentException(
            "forecasts as records leave no row for errors; write as: array");
      }
    }
  }

  private static void check(
      Forecast forecast, Emit emit, Optional<Classes> classes, Optional<Surprise> surprise) {
    if (classes.isPresent() || surprise.isPresent()) {
      throw new IllegalArgumentException(
          "a forecast needs outputs that name channels, not classes or tokens");
    }
    if (emit instanceof Emit.End) {
      throw new IllegalArgumentException("a forecast goes out as it is made, not at the end");
    }
    if (forecast.as() == Forecast.As.RECORDS
        && !(emit instanceof Emit.Every || emit instanceof Emit.Nth)) {
      throw new IllegalArgumentException(
          "of forecasts as records go out every or nth(NUMBER); write as: array for others");
    }
  }

  /** The model's outputs, each as it comes. */
  public static Outputs standard() {
    return new Outputs(
        Emit.EVERY,
        false,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public Outputs emit(Emit emit) {
    return new Outputs(emit, emitted, inUnits, classes, comparison, bands, surprise, forecast);
  }

  /** With a column for the event time of the record that made the score. */
  public Outputs withEmitted() {
    return new Outputs(emit, true, inUnits, classes, comparison, bands, surprise, forecast);
  }

  /** Outputs as the model gives them, whatever they are called. */
  public Outputs inUnitsOfModel() {
    return new Outputs(emit, emitted, false, classes, comparison, bands, surprise, forecast);
  }

  public Outputs with(Classes classes) {
    return new Outputs(
        emit, emitted, inUnits, Optional.of(classes), comparison, bands, surprise, forecast);
  }

  public Outputs with(Comparison comparison) {
    return new Outputs(
        emit, emitted, inUnits, classes, Optional.of(comparison), bands, surprise, forecast);
  }

  public Outputs with(Bands bands) {
    return new Outputs(
        emit, emitted, inUnits, classes, comparison, Optional.of(bands), surprise, forecast);
  }

  public Outputs with(Surprise surprise) {
    return new Outputs(
        emit, emitted, inUnits, classes, comparison, bands, Optional.of(surprise), forecast);
  }

  public Outputs with(Forecast forecast) {
    return new Outputs(
        emit, emitted, inUnits, classes, comparison, bands, surprise, Optional.of(forecast));
  }
}
