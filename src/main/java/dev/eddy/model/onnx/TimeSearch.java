package dev.eddy.model.onnx;

import dev.eddy.model.ImportOptions;
import dev.eddy.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds out which axis of the input is time, by trying: the graph can be lowered along some axes
 * only, and recurrences and windows tell on which they move.
 *
 * <p>Of the axes that can be time, those along which a recurrence or a window moves come first;
 * among these the axis named like time, else the only dynamic one that is not named like a batch,
 * else, where all lengths are fixed, the first. What stays open then is the user's to say.
 */
final class TimeSearch {
  private static final int MAX_RANK = 8;

  private static final Pattern TIME_LIKE =
      Pattern.compile("t|l|len|.*(time|seq|frame|step|length|samples|window).*");
  private static final Pattern UNNAMED = // as exporters call what has no name
      Pattern.compile("|\\?|None|(unk_*|.*_dim_|.*dynamic_axes_|dim_?|s|u)\\d+");
  private static final Pattern BATCH_LIKE = Pattern.compile("n|b|bs|.*batch.*");

  private final OnnxModel model;
  private final List<OnnxValue> outputs;
  private final StatePairs pairs;
  private final OnnxValue first; // input that is no state
  private final List<Candidate> good = new ArrayList<>();
  private final List<Candidate> bad = new ArrayList<>();

  /** An axis of the first input, and what came of taking it for time. */
  private record Candidate(
      int axis, OnnxDimension dimension, Attempt attempt, Lowered lowered, Failure failure) {

    Lowered checked() {
      attempt.checkOtherLengths(lowered);
      return lowered;
    }

    boolean moves() {
      return lowered.sawTime();
    }

    boolean isTimeLike() {
      return TIME_LIKE.matcher(dimension.name().toLowerCase(Locale.ROOT)).matches();
    }

    boolean isBatchLike() {
      return BATCH_LIKE.matcher(dimension.name().toLowerCase(Locale.ROOT)).matches()
          || axis == 0 && UNNAMED.matcher(dimension.name()).matches();
    }

    boolean isDynamic() {
      return dimension.size() < 0;
    }

    /** How likely its complaint is the one that helps. */
    int weight() {
      return (isTimeLike() ? 4 : 0)
          + (isDynamic() ? 2 : 0)
          - (isDynamic() && isBatchLike() ? 1 : 0);
    }
  }

  /**
   * Why an axis can't be time.
   *
   * @param lowered nodes that could be lowered before
   */
  record Failure(ModelException reason, int lowered) {}

  private TimeSearch(OnnxModel model, ImportOptions options, List<OnnxValue> outputs) {
    this.model = model;
    this.outputs = outputs;
    this.pairs = StatePairs.of(model, options);
    List<OnnxValue> streams =
        model.inputs().stream().filter(input -> !pairs.isState(input.name())).toList();
    if (streams.isEmpty()) {
      throw model.error(
          model.inputs().isEmpty()
              ? "has no inputs that records could fill"
              : "all its inputs are states; one must take the records");
    }
    this.first = streams.get(0);
    for (OnnxValue input : model.inputs()) {
      if (input.dimensions() == null || input.type() == ElementType.STRING) {
        throw model.error(
            "input \""
                + input.name()
                + "\" "
                + (input.dimensions() == null ? "has no shape" : "holds strings")
                + "; supported: numbers, of a shape whose rank is known");
      }
      if (input.dimensions().size() > MAX_RANK) { // each axis of the first is tried as time
        throw model.error(
            "input \""
                + input.name()
                + "\" has "
                + input.dimensions().size()
                + " axes; at most "
                + MAX_RANK
                + " are supported");
      }
    }
  }

  static Lowered lower(OnnxModel model, ImportOptions options, List<OnnxValue> outputs) {
    return new TimeSearch(model, options, outputs).find(options);
  }

  private Lowered find(ImportOptions options) {
    int rank = first.dimensions().size();
    if (options.timeAxis().isPresent()) {
      int axis = options.timeAxis().getAsInt();
      if (axis < 0 || axis >= rank) {
        throw model.error(
            "--time-axis "
                + axis
                + ": input \""
                + first.name()
                + "\" has "
                + rank
                + " axes; accepted: 0.."
                + (rank - 1));
      }
      attempt(axis);
      return good.isEmpty() ? windowsOrFail() : good.get(0).checked();
    }
    for (int axis = 0; axis < rank; axis++) {
      if (first.dimensions().get(axis).size() != 1 || pairs.hasStates()) {
        attempt(axis);
      }
    }
    good.removeIf(candidate -> !fits(candidate));
    if (good.isEmpty() || !anyGood(Candidate::isDynamic) && mustBeDynamic()) {
      return stepOrFail();
    }
    Optional<Candidate> chosen = chosen();
    if (chosen.isEmpty() && anyGood(Candidate::isDynamic)) {
      throw open(good.stream().filter(Candidate::isDynamic).toList());
    }
    return chosen.isPresent() ? chosen.get().checked() : windowsOrFail();
  }

  private boolean anyGood(Predicate<Candidate> condition) {
    return good.stream().anyMatch(condition);
  }

  /** Where an axis other than the batch has no fixed length, time is not one that has. */
  private boolean mustBeDynamic() {
    return bad.stream().anyMatch(candidate -> candidate.isDynamic() && !candidate.isBatchLike());
  }

  /** One time step after the other, where the file has one: then each must give an output. */
  private boolean fits(Candidate candidate) {
    return candidate.dimension().size() != 1
        || candidate.lowered().sawTime()
            && candidate.lowered().outputs().stream().allMatch(Value.Frames::hasTime);
  }

  private void attempt(int axis) {
    OnnxDimension dimension = first.dimensions().get(axis);
    Attempt attempt = new Attempt(model, pairs, outputs, first, axis);
    try {
      good.add(new Candidate(axis, dimension, attempt, attempt.alongTime(), null));
    } catch (ModelException e) {
      bad.add(new Candidate(axis, dimension, attempt, null, new Failure(e, attempt.lowered())));
    }
  }

  /**
   * Names first, then what moves; then what is dynamic but not the batch; then, where only the
   * batch is dynamic or nothing is, the first axis along which something moves, the usual place,
   * the batch.
   */
  private Optional<Candidate> chosen() {
    List<Candidate> dynamic = good.stream().filter(Candidate::isDynamic).toList();
    List<Candidate> moving = good.stream().filter(Candidate::moves).toList();
    List<Candidate> both = dynamic.stream().filter(Candidate::moves).toList();
    return only(dynamic, Candidate::isTimeLike)
        .or(() -> only(both, candidate -> true))
        .or(() -> only(both, candidate -> !candidate.isBatchLike()))
        .or(() -> only(dynamic, candidate -> !candidate.isBatchLike()))
        .or(
            () ->
                dynamic.stream().allMatch(Candidate::isBatchLike)
                    ? fixed(moving, dynamic)
                    : none());
  }

  private Optional<Candidate> fixed(List<Candidate> moving, List<Candidate> dynamic) {
    int rank = first.dimensions().size();
    int usual = rank > 3 ? 2 : 1; // [N, C, T, W], [N, T, C]
    List<Candidate> plain =
        good.stream().filter(c -> !c.isDynamic() && c.axis() < Math.max(1, rank - 1)).toList();
    return moving.stream()
        .findFirst()
        .or(() -> plain.stream().filter(c -> c.axis() == usual).findFirst())
        .or(() -> plain.stream().findFirst())
        .or(() -> dynamic.stream().findFirst());
  }

  private static Optional<Candidate> none() {
    return Optional.empty();
  }

  private static Optional<Candidate> only(
      List<Candidate> candidates, Predicate<Candidate> condition) {
    List<Candidate> left = candidates.stream().filter(condition).toList();
    return left.size() == 1 ? Optional.of(left.get(0)) : Optional.empty();
  }

  private boolean anyDynamic() {
    return first.dimensions().stream().anyMatch(dimension -> dimension.size() < 0);
  }

  private ModelException open(List<Candidate> candidates) {
    List<String> axes = new ArrayList<>();
    for (Candidate candidate : candidates) {
      String name = candidate.dimension().name();
      axes.add(
          candidate.axis()
              + (name.isEmpty() ? "" : " (\"" + name + "\")")
              + (candidate.isDynamic() ? "" : " (length " + candidate.dimension().size() + ")"));
    }
    return model.error(
        "the graph does not tell which axis of input \""
            + first.name()
            + "\" is time; candidates: "
            + String.join(", ", axes)
            + "; say so with --time-axis K, or name the axis \"time\" when exporting");
  }

  /**
   * A graph for one step, if it has states or nothing that could be time; else the best complaint.
   */
  private Lowered stepOrFail() {
    long longer = first.dimensions().stream().filter(d -> d.size() != 1).count();
    boolean image = first.dimensions().size() >= 4 && first.dimensions().get(0).size() == 1;
    if (!pairs.hasStates() && (longer > 1 && !image || anyDynamic())) {
      return windowsOrFail();
    }
    Attempt attempt = new Attempt(model, pairs, outputs, first, -1);
    try {
      return attempt.oneStep();
    } catch (ModelException e) {
      if (image && !bad.isEmpty()) {
        return fail();
      }
      throw e;
    }
  }

  /**
   * Over each window of frames, if all of a window's become one row of values; else a complaint.
   */
  private Lowered windowsOrFail() {
    List<Candidate> filled =
        bad.stream()
            .filter(
                candidate -> candidate.attempt().hasFilledWindow() && model.inputs().size() == 1)
            .filter(candidate -> candidate.dimension().size() > 1)
            .toList();
    List<Candidate> moving = filled.stream().filter(c -> c.attempt().hasSeenTime()).toList();
    List<Candidate> likely = moving.isEmpty() ? filled : moving;
    if (likely.isEmpty()) {
      return fail();
    }
    if (likely.size() > 1) {
      throw open(likely);
    }
    Lowered lowered = likely.get(0).attempt().overWindows();
    long window = likely.get(0).dimension().size();
    for (Value.Frames frames : lowered.outputs()) {
      if (Arrays.stream(frames.dimensions()).anyMatch(length -> length == window)) {
        return fail(); // a frame for each of the window's
      }
    }
    return lowered;
  }

  private Lowered fail() {
    throw complaint();
  }

  private ModelException complaint() {
    return bad.stream()
        .max(
            Comparator.comparingInt(Candidate::weight)
                .thenComparingInt(candidate -> candidate.failure().lowered()))
        .map(candidate -> candidate.failure().reason())
        .orElseGet(() -> model.error("no axis of input \"" + first.name() + "\" can be time"));
  }
}
