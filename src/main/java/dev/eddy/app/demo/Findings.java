package dev.eddy.app.demo;

import dev.eddy.app.demo.PumpFleet.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the scores found, against the faults that were injected.
 *
 * <p>A score above the threshold is an alarm. A fault is found by the first alarm from its first
 * tick until {@value #TAIL_TICKS} ticks after its end; further ones of that time say nothing new.
 * Alarms of a pump outside of all faults that follow each other tick by tick are one false alarm.
 *
 * <p>Not thread-safe.
 */
public final class Findings {
  /** Ticks after a fault in which an alarm may still belong to it. */
  public static final int TAIL_TICKS = 20;

  /** An alarm worth telling; without a fault it is a false one. */
  public record Finding(int pump, long tick, double likelihood, Optional<Fault> fault) {}

  private final List<Fault> faults;
  private final double threshold;
  private final Map<Integer, Pump> pumps = new HashMap<>();
  private final Map<Fault, Long> delays = new HashMap<>();
  private int falseAlarms;

  private static final class Pump {
    private final List<Fault> faults = new ArrayList<>(); // by time; their tails don't overlap
    private int next;
    private long lastLoneAlarm = Long.MIN_VALUE;

    Optional<Fault> fault(long tick) {
      while (next < faults.size() && tick >= faults.get(next).toTick() + TAIL_TICKS) {
        next++;
      }
      return next < faults.size() && tick >= faults.get(next).fromTick()
          ? Optional.of(faults.get(next))
          : Optional.empty();
    }
  }

  /**
   * @param faults by first tick
   * @param threshold 0..1, an alarm is above it
   */
  Findings(List<Fault> faults, double threshold) {
    this.faults = List.copyOf(faults);
    this.threshold = threshold;
    for (Fault fault : faults) {
      pump(fault.pump()).faults.add(fault);
    }
  }

  /** Takes a score; those of one pump in the order of their ticks. */
  Optional<Finding> score(int pump, long tick, double likelihood) {
    if (!(likelihood > threshold)) {
      return Optional.empty();
    }
    Pump seen = pump(pump);
    Optional<Fault> fault = seen.fault(tick);
    if (fault.isPresent()) {
      // As many readings of the fault as it took, the one that raised the alarm included.
      boolean first = delays.putIfAbsent(fault.get(), tick - fault.get().fromTick() + 1) == null;
      return first ? Optional.of(new Finding(pump, tick, likelihood, fault)) : Optional.empty();
    }
    boolean goesOn = seen.lastLoneAlarm == tick - 1;
    seen.lastLoneAlarm = tick;
    if (goesOn) {
      return Optional.empty();
    }
    falseAlarms++;
    return Optional.of(new Finding(pump, tick, likelihood, fault));
  }

  private Pump pump(int number) {
    return pumps.computeIfAbsent(number, n -> new Pump());
  }

  /** Faults found so far. */
  public int found() {
    return delays.size();
  }

  public int falseAlarms() {
    return falseAlarms;
  }

  /** The faults of each kind that was injected, in the order of {@link PumpFleet#FAULT_KINDS}. */
  public List<KindResult> byKind() {
    List<KindResult> results = new ArrayList<>();
    for (String kind : PumpFleet.FAULT_KINDS) {
      List<Fault> ofKind = faults.stream().filter(fault -> fault.kind().equals(kind)).toList();
      if (!ofKind.isEmpty()) {
        results.add(result(kind, ofKind));
      }
    }
    return results;
  }

  /** All faults together. */
  public KindResult total() {
    return result("all", faults);
  }

  private KindResult result(String kind, List<Fault> ofKind) {
    List<Long> found =
        ofKind.stream().filter(delays::containsKey).map(delays::get).sorted().toList();
    int middle = found.size() / 2;
    Double median =
        found.isEmpty()
            ? null
            : found.size() % 2 == 1
                ? (double) found.get(middle)
                : (found.get(middle - 1) + found.get(middle)) / 2.0;
    return new KindResult(kind, ofKind.size(), found.size(), Optional.ofNullable(median));
  }

  /**
   * How the faults of one kind fared.
   *
   * @param medianDelay readings of a fault until its alarm, over those found; empty for none
   */
  public record KindResult(String kind, int injected, int found, Optional<Double> medianDelay) {}
}
