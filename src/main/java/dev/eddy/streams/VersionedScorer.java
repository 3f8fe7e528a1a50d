package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Score;
import dev.eddy.network.StateBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/**
 * Scores one record of one key at a time, each with the version that it is told, and carries the
 * key's state over where that is another than before. One task's scratch space. If a call throws,
 * the stored state is untouched and simply stays.
 *
 * <p>Frames keep their numbers through a change. Where both versions give one frame for each that
 * comes in, so do the two one after the other: what the old one held back because it looks ahead is
 * flushed, and what the new one gives for the same frames again is left out. At other rates the new
 * version's frames just go on counting.
 */
final class VersionedScorer {
  private static final int SPARE_SCORERS = 3; // of versions that keys come from

  /**
   * Finds versions that keys come from. Either waits where the version was never ready. An outline
   * that was known once is there without waiting; so a version itself, with its weights, is asked
   * for only to step with.
   */
  interface Versions {
    /** A version made ready; null if there is none to be had. */
    ScoringPlan find(long version);

    /** What is known of a version; null if there is none to be had. */
    VersionOutline outline(long version);
  }

  private record Pair(long before, long after) {}

  private final ScoringPlan base;
  private final ModelUpdates updates;
  private final Versions versions;
  private final SharedScale shared; // null where what is learnt is in the keys' states
  private final KeyState state;
  private final float[] frame;
  private int expected = 1;
  private final Map<Long, KeyScorer> scorers = recent(() -> expected + SPARE_SCORERS);
  private final Map<Pair, StateTransfer> transfers = recent(() -> expected + SPARE_SCORERS);
  private final List<Score> scores = new ArrayList<>();
  private boolean missed; // whether the version has not seen what the key had since its state
  private ChangeOver change; // of the record at hand; null for none
  private byte[] beginning; // what the changed-over version begins with; null for a fresh state
  private byte[] left; // the state by the version before, when that has given all that it will

  /**
   * @param shared what scaling has learnt of all keys; null where it is in the keys' states
   */
  VersionedScorer(ScoringPlan base, ModelUpdates updates, Versions versions, SharedScale shared) {
    this.base = base;
    this.updates = updates;
    this.versions = versions;
    this.shared = shared;
    int frameSize = base.network.input().size();
    this.state = new KeyState(updates.warmUpFrames(), frameSize);
    this.frame = new float[frameSize];
  }

  private static <A, B> Map<A, B> recent(IntSupplier most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<A, B> eldest) {
        return size() > most.getAsInt();
      }
    };
  }

  /** So many versions may score what comes now, each some of the keys; of more it lets go. */
  void expect(int versions) {
    expected = versions;
    trim(scorers);
    trim(transfers);
  }

  private void trim(Map<?, ?> recent) {
    var eldest = recent.keySet().iterator();
    while (recent.size() > expected + SPARE_SCORERS) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Whether it holds on to a version. */
  boolean holds(ScoringPlan plan) {
    return scorers.values().stream().anyMatch(scorer -> scorer.plan() == plan)
        || transfers.values().stream().anyMatch(transfer -> transfer.isTo(plan));
  }

  private KeyScorer scorer(ScoringPlan plan) {
    return scorers.compute(
        plan.version,
        (version, known) ->
            known == null || known.plan() != plan ? new KeyScorer(plan, shared) : known);
  }

  /**
   * Takes up a key's state.
   *
   * @param stored what {@link #save} gave, or null for a new key
   * @throws dev.eddy.network.StateMismatchException if the bytes are no state
   */
  void begin(byte[] stored) {
    scores.clear();
    change = null;
    missed = false;
    state.clear();
    if (stored != null) {
      state.read(stored);
      StateBytes.modelVersionOf(state.main); // or it is no state
    }
  }

  boolean isFresh() {
    return state.main == null;
  }

  /** Latest event time of the key's frames; only where the key is not fresh. */
  long lastTimeMs() {
    return StateBytes.lastTimeMsOf(state.main);
  }

  /** What became of the key's state with the last record; null if its version was the same. */
  ChangeOver change() {
    return change;
  }

  /** What the key's next score is made by; empty for a new key. */
  OptionalLong version() {
    return state.main == null
        ? OptionalLong.empty()
        : OptionalLong.of(StateBytes.modelVersionOf(state.main));
  }

  /**
   * Steps the version that scores with a frame.
   *
   * @param values holds the frame from {@code at}; not modified
   * @param plan what scores the record
   * @return the scores since {@link #begin}, valid until the next one
   * @throws BadRecordException if a value is missing, or an output or the state is not finite
   * @throws dev.eddy.network.StateMismatchException if the state is of this version and yet of
   *     another layout
   */
  List<Score> consume(float[] values, int at, long timeMs, ScoringPlan plan) {
    if (state.main == null) {
      return step(scorer(plan), null, values, at, timeMs);
    }
    long before = StateBytes.modelVersionOf(state.main);
    boolean goesOn = before == plan.version && !missed;
    missed = false;
    if (goesOn) {
      state.next = null; // what was to take over doesn't any more
      return step(scorer(plan), state.main, values, at, timeMs);
    }
    return changeOver(before, plan, values, at, timeMs);
  }

  /**
   * Says, after {@link #begin}, that the key has had frames that the version of the record at hand
   * was not fed with: its state is not gone on with, though it is by that version.
   */
  void missedFrames() {
    missed = true;
  }

  private List<Score> step(KeyScorer scorer, byte[] from, float[] values, int at, long timeMs) {
    return step(scorer, from, null, values, at, timeMs);
  }

  /**
   * @param adoptedFrom the version whose part of {@link #left} that is no network's is taken over;
   *     null for none
   */
  private List<Score> step(
      KeyScorer scorer,
      byte[] from,
      VersionOutline adoptedFrom,
      float[] values,
      int at,
      long timeMs) {
    scorer.begin(from, state.firstNumber, state.leastNumber);
    scorer.adopt(adoptedFrom, left);
    if (state.main != null) {
      scorer.notBefore(lastTimeMs());
    }
    scores.addAll(scorer.consume(values, at, timeMs));
    state.main = scorer.save();
    state.add(scorer.frame());
    state.kept.removeIf(kept -> kept.untilMs() < timeMs);
    return scores;
  }

  private List<Score> changeOver(
      long before, ScoringPlan plan, float[] values, int at, long timeMs) {
    if (state.next != null && StateBytes.modelVersionOf(state.next) == plan.version) {
      return runBoth(before, plan, values, at, timeMs);
    }
    state.next = null;
    byte[] old = state.main;
    left = old;
    long oldFirstNumber = state.firstNumber;
    ChangeOver chosen = restore(plan, timeMs) ? ChangeOver.RESTORED : choose(before, plan, timeMs);
    if (chosen == ChangeOver.RAN_BOTH) {
      return runBoth(before, plan, values, at, timeMs);
    }
    keep(old, oldFirstNumber, timeMs);
    VersionOutline adoptedFrom = chosen == ChangeOver.KEPT ? null : adopted(plan, before);
    List<Score> made = step(scorer(plan), beginning, adoptedFrom, values, at, timeMs);
    change = chosen;
    return made;
  }

  private boolean restore(ScoringPlan plan, long timeMs) {
    for (int i = state.kept.size() - 1; i >= 0; i--) {
      KeyState.Kept kept = state.kept.get(i);
      if (kept.untilMs() >= timeMs
          && StateBytes.modelVersionOf(kept.state()) == plan.version
          && StateBytes.fingerprintOf(kept.state()) == plan.fingerprint) {
        goOn(plan, kept.state(), timeMs);
        state.kept.remove(i);
        beginning = kept.state();
        return true;
      }
    }
    return false;
  }

  /** Finds the first policy that is possible, and prepares it. */
  private ChangeOver choose(long before, ScoringPlan plan, long timeMs) {
    for (StatePolicy policy : updates.onChange()) {
      switch (policy) {
        case KEEP -> {
          if (StateBytes.fingerprintOf(state.main) == plan.fingerprint) {
            beginning = state.main;
            return ChangeOver.KEPT;
          }
        }
        case TRANSFER -> {
          VersionOutline old = outline(before);
          if (old != null && transfer(old, plan).isPossible()) {
            beginning = transfer(old, plan).apply(state.main);
            return ChangeOver.TRANSFERRED;
          }
        }
        case WARM_UP -> {
          if (state.frameCount > 0 && warmUp(plan, timeMs)) {
            return ChangeOver.WARMED_UP;
          }
        }
        case DUAL_RUN -> {
          if (framesBeside(plan) > 0 && old(before) != null) {
            return ChangeOver.RAN_BOTH;
          }
        }
        case RESET -> {
          return reset(plan, timeMs);
        }
      }
    }
    return reset(plan, timeMs);
  }

  /** The version that wrote the key's state, where it can go on with it. */
  private ScoringPlan old(long before) {
    ScoringPlan old = versions.find(before);
    return old != null && old.fingerprint == StateBytes.fingerprintOf(state.main) ? old : null;
  }

  /** What is known of the version that wrote the key's state, where the state is as that says. */
  private VersionOutline outline(long before) {
    VersionOutline old = versions.outline(before);
    return old != null && old.fingerprint() == StateBytes.fingerprintOf(state.main) ? old : null;
  }

  /** The same, where something of the state is the key's whatever the version. */
  private VersionOutline adopted(ScoringPlan plan, long before) {
    return plan.adopted == 0 ? null : outline(before);
  }

  private StateTransfer transfer(VersionOutline old, ScoringPlan plan) {
    return transfers.compute(
        new Pair(old.version(), plan.version),
        (pair, known) ->
            known != null && known.isFrom(old) && known.isTo(plan)
                ? known
                : new StateTransfer(old, plan));
  }

  /** For so many frames both versions run; 0 where that isn't known. */
  private long framesBeside(ScoringPlan plan) {
    return updates.dualRunFrames() > 0
        ? updates.dualRunFrames()
        : plan.network.receptiveField().orElse(0);
  }

  private ChangeOver reset(ScoringPlan plan, long timeMs) {
    beginning = null;
    goOn(plan, null, timeMs);
    return ChangeOver.RESET;
  }

  /** Steps the new version through the frames that are kept; whether it can be. */
  private boolean warmUp(ScoringPlan plan, long timeMs) {
    KeyScorer scorer = scorer(plan);
    VersionOutline adoptedFrom = adopted(plan, StateBytes.modelVersionOf(state.main));
    byte[] warm = null;
    try {
      for (int i = 0; i < state.frameCount; i++) {
        state.frame(i, frame);
        scorer.begin(warm, 0, Long.MAX_VALUE); // what it gives is left out
        scorer.adopt(adoptedFrom, state.main);
        scorer.consume(frame, 0, lastTimeMs());
        warm = scorer.save();
      }
    } catch (BadRecordException e) {
      return false;
    }
    beginning = warm;
    goOn(plan, warm, timeMs);
    return true;
  }

  /**
   * Ends what the old version made of the key, and sets the numbers with which another goes on.
   *
   * @param from the state that it goes on with; null for a fresh one
   */
  private void goOn(ScoringPlan plan, byte[] from, long timeMs) {
    long before = StateBytes.modelVersionOf(state.main);
    VersionOutline old = plan.oneEach ? outline(before) : null;
    long nextInput = state.firstNumber + StateBytes.framesSeenOf(state.main);
    long nextNumber = Math.max(state.leastNumber, state.firstNumber + scored(plan, state.main));
    boolean byInput = old != null && old.oneEach();
    if (byInput && holdsBack(old, plan)) {
      ScoringPlan flushed = old(before);
      byInput = flushed != null;
      if (byInput) {
        flush(flushed, nextInput, timeMs);
        nextNumber = Math.max(nextNumber, nextInput);
      }
    }
    if (byInput) {
      state.firstNumber = nextInput - (from == null ? 0 : StateBytes.framesSeenOf(from));
    } else {
      state.firstNumber = nextNumber - (from == null ? 0 : scored(plan, from));
    }
    state.leastNumber = nextNumber;
  }

  /**
   * Whether a version gives a frame later than the one of its place came in, which is still to come
   * when another takes over.
   *
   * @param plan any version of the pipeline: all pair scores with readings alike
   */
  private static boolean holdsBack(VersionOutline old, ScoringPlan plan) {
    return !old.prompt() && !plan.pairing.perReading();
  }

  /** Frames of a state that have been scored: one a reading, or one for each that was emitted. */
  private static long scored(ScoringPlan plan, byte[] bytes) {
    return plan.pairing.perReading()
        ? StateBytes.framesSeenOf(bytes)
        : StateBytes.framesEmittedOf(bytes);
  }

  /**
   * What a version holds back because it looks ahead; not the tails of deconvolutions behind it.
   * What goes out by it is remembered for the version that comes.
   */
  private void flush(ScoringPlan old, long nextInput, long timeMs) {
    KeyScorer scorer = scorer(old);
    scorer.begin(state.main, state.firstNumber, state.leastNumber);
    try {
      scores.addAll(scorer.release(timeMs, nextInput));
      left = scorer.save();
    } catch (BadRecordException e) {
      return; // it is the end of that version, and no reason to stop at this record for ever
    }
  }

  /** The old version scores; the new one is fed, and takes over when it has seen enough. */
  private List<Score> runBoth(long before, ScoringPlan plan, float[] values, int at, long timeMs) {
    ScoringPlan old = old(before);
    if (old == null) { // gone meanwhile: the new one takes over as it is
      return takeOverAlone(plan, values, at, timeMs);
    }
    KeyScorer scorer = scorer(old);
    scorer.begin(state.main, state.firstNumber, state.leastNumber);
    if (state.next == null) {
      state.nextFirstNumber = state.firstNumber + StateBytes.framesSeenOf(state.main);
    }
    scores.addAll(scorer.consume(values, at, timeMs));
    byte[] main = scorer.save();
    System.arraycopy(scorer.frame(), 0, frame, 0, frame.length);
    KeyScorer next = scorer(plan);
    next.begin(state.next, 0, Long.MAX_VALUE); // nothing of it is scored yet
    next.adopt(old.outline, main);
    byte[] warm;
    try {
      next.consume(frame, 0, timeMs);
      next.adopt(old.outline, main);
      warm = next.save();
    } catch (BadRecordException e) {
      warm = null; // it begins again with the next frame; the stream is not its to stop
    }
    state.main = main;
    state.next = warm;
    state.add(frame);
    if (warm != null && StateBytes.framesSeenOf(warm) >= framesBeside(plan)) {
      takeOver(plan, timeMs);
    }
    return scores;
  }

  private void takeOver(ScoringPlan plan, long timeMs) {
    byte[] old = state.main;
    left = old;
    long oldFirstNumber = state.firstNumber;
    goOn(plan, state.next, timeMs);
    keep(old, oldFirstNumber, timeMs);
    KeyScorer scorer = scorer(plan);
    scorer.begin(state.next, 0, 0);
    scorer.adopt(adopted(plan, StateBytes.modelVersionOf(old)), left);
    state.main = scorer.save();
    state.next = null;
    change = ChangeOver.RAN_BOTH;
  }

  private List<Score> takeOverAlone(ScoringPlan plan, float[] values, int at, long timeMs) {
    state.firstNumber = state.nextFirstNumber;
    state.leastNumber = 0;
    byte[] warm = state.next;
    state.next = null;
    List<Score> made = step(scorer(plan), warm, values, at, timeMs);
    change = ChangeOver.RAN_BOTH;
    return made;
  }

  private void keep(byte[] old, long oldFirstNumber, long timeMs) {
    long keepMs = updates.keepStatesFor().toMillis();
    if (keepMs > 0) {
      long version = StateBytes.modelVersionOf(old);
      state.kept.removeIf(kept -> StateBytes.modelVersionOf(kept.state()) == version);
      state.keep(new KeyState.Kept(old, oldFirstNumber, timeMs + keepMs));
    }
  }

  /** Ends the sequence with the version that wrote its state. The key has no state after this. */
  List<Score> end(long timeMs) {
    if (state.main != null) {
      long version = StateBytes.modelVersionOf(state.main);
      VersionOutline outline = outline(version);
      ScoringPlan plan = outline == null || givesNothing(outline) ? null : old(version);
      if (plan != null) {
        KeyScorer scorer = scorer(plan);
        scorer.begin(state.main, state.firstNumber, state.leastNumber);
        scores.addAll(scorer.end(timeMs));
      }
    }
    return scores;
  }

  /** Whether all that such a state can give is there already, so that its end gives nothing. */
  private boolean givesNothing(VersionOutline outline) {
    if (outline.flushes()) {
      return false;
    } else if (base.gate == null) {
      return true;
    }
    float[] values = new float[outline.layout().length()];
    new StateBytes(outline.layout()).read(state.main, values);
    return !base.gate.holds(values, values.length - outline.adopted());
  }

  /** The bytes to store. */
  byte[] save() {
    return state.write();
  }
}
