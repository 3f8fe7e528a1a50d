package dev.eddy.app.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A simulated fleet of pumps with injected faults: the demo's stream, and the kind of data that its
 * model was trained on.
 *
 * <p>Every tick gives one reading of five channels for each pump. A reading depends on the seed,
 * the fault rate, the pump's number and the tick only: not on the number of pumps, the machine or
 * the JVM. Outside of its faults a pump's readings are the same at every fault rate, so a fleet
 * with rate 0 is the healthy twin of a faulty one.
 *
 * <p>Not thread-safe.
 */
public final class PumpFleet {
  // A pump follows a duty cycle with a period and phase of its own. Flow, pressure, current and
  // vibration answer to the load at once, temperature through a first-order lag. One hydraulic
  // noise, an AR(1) process, reaches pressure, flow and current together; each channel also has
  // white noise of its own. Slow drift is another AR(1) process, with a time constant of 500 ticks.
  // A fault acts on the finished reading through its severity, which ramps from 0 to 1 over the
  // first half of the fault and stays there; when it ends, the pump is as new at once. The
  // functions are StrictMath's where Math's may differ in the last bits between machines.

  /** The channels of a reading, in order: mm/s, bar, m3/h, degrees Celsius, ampere. */
  public static final List<String> CHANNELS =
      List.of("vibration", "pressure", "flow", "temperature", "current");

  /** The kinds of fault that are injected. */
  public static final List<String> FAULT_KINDS =
      List.of("bearing wear", "cavitation", "blockage", "seal leak", "sensor stuck");

  /** Every pump is healthy before this tick, so that a watcher can learn what is usual. */
  public static final long HEALTHY_TICKS = 400;

  /** Faults of one pump in 1,000 ticks, on average, after the first {@link #HEALTHY_TICKS}. */
  public static final double DEFAULT_FAULT_RATE = 0.25;

  private static final int VIBRATION = 0;
  private static final int PRESSURE = 1;
  private static final int FLOW = 2;
  private static final int TEMPERATURE = 3;
  private static final int CURRENT = 4;

  private static final long MIN_FAULT_TICKS = 80;
  private static final long MAX_FAULT_TICKS = 200; // inclusive
  private static final long MIN_GAP_TICKS = 200;

  private final Pump[] pumps;
  private long nextTick;

  /** One injected fault, of a kind in {@link #FAULT_KINDS}; {@code toTick} is the tick after it. */
  public record Fault(int pump, String kind, long fromTick, long toTick) {}

  /** A fleet with faults at the {@link #DEFAULT_FAULT_RATE}. */
  public PumpFleet(int pumps, long seed) {
    this(pumps, seed, DEFAULT_FAULT_RATE);
  }

  /**
   * A fleet before its tick 0.
   *
   * @param pumps number of pumps, at least 1
   * @param seed decides everything
   * @param faultsPerThousandTicks mean number of faults of one pump in 1,000 ticks, 0..2; 0 for a
   *     fleet without faults
   */
  public PumpFleet(int pumps, long seed, double faultsPerThousandTicks) {
    if (pumps < 1) {
      throw new IllegalArgumentException("pumps must be at least 1, got " + pumps);
    }
    if (!(faultsPerThousandTicks >= 0 && faultsPerThousandTicks <= 2)) {
      throw new IllegalArgumentException(
          "faultsPerThousandTicks must be 0..2, got " + faultsPerThousandTicks);
    }
    SplittableRandom random = new SplittableRandom(seed);
    this.pumps = new Pump[pumps];
    for (int i = 0; i < pumps; i++) {
      this.pumps[i] = new Pump(i, random.split(), faultsPerThousandTicks);
    }
  }

  /** The key of a pump's readings, such as {@code pump-007}. */
  public static String name(int pump) {
    return String.format(Locale.ROOT, "pump-%03d", pump);
  }

  /** Lets every pump run one tick, and returns the number of that tick, 0 for the first. */
  public long advance() {
    for (Pump pump : pumps) {
      pump.advance(nextTick);
    }
    return nextTick++;
  }

  /**
   * One value of the reading made by the last {@link #advance}.
   *
   * @param pump number of the pump, from 0
   * @param channel index in {@link #CHANNELS}
   */
  public float value(int pump, int channel) {
    return (float) pumps[pump].reading[channel];
  }

  /** All faults that begin before the given tick, be it past or to come; by first tick. */
  public List<Fault> faultsBefore(long tick) {
    List<Fault> faults = new ArrayList<>();
    for (Pump pump : pumps) {
      Schedule schedule = pump.schedules.get();
      for (Fault fault = schedule.next(); fault.fromTick() < tick; fault = schedule.next()) {
        faults.add(fault);
      }
    }
    faults.sort(Comparator.comparingLong(Fault::fromTick).thenComparingInt(Fault::pump));
    return faults;
  }

  /** Advances by so many ticks; writes a header, and one row a reading: tick, pump, channels. */
  public void writeCsv(Appendable out, long ticks) throws IOException {
    out.append("tick,pump,").append(String.join(",", CHANNELS)).append('\n');
    for (long i = 0; i < ticks; i++) {
      long tick = advance();
      for (int pump = 0; pump < pumps.length; pump++) {
        out.append(Long.toString(tick)).append(',').append(name(pump));
        for (int channel = 0; channel < CHANNELS.size(); channel++) {
          out.append(',').append(Float.toString(value(pump, channel)));
        }
        out.append('\n');
      }
    }
  }

  /** Writes a header, and one row for each of {@link #faultsBefore}: pump, kind, from, to. */
  public void writeFaultsCsv(Appendable out, long beforeTick) throws IOException {
    out.append("pump,kind,from,to\n");
    for (Fault fault : faultsBefore(beforeTick)) {
      out.append(name(fault.pump())).append(',').append(fault.kind()).append(',');
      out.append(Long.toString(fault.fromTick())).append(',');
      out.append(Long.toString(fault.toTick())).append('\n');
    }
  }

  private static double gaussian(SplittableRandom random) { // Box-Muller, its second value unused
    double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  /** The faults of one pump, one after the other without end. */
  private static final class Schedule {
    private static final Fault NEVER = new Fault(-1, "none", Long.MAX_VALUE, Long.MAX_VALUE);

    private final int pump;
    private final double faultsPerThousandTicks;
    private final SplittableRandom random;
    private long earliest = HEALTHY_TICKS;

    Schedule(int pump, double faultsPerThousandTicks, long seed) {
      this.pump = pump;
      this.faultsPerThousandTicks = faultsPerThousandTicks;
      random = new SplittableRandom(seed);
    }

    Fault next() {
      if (faultsPerThousandTicks == 0) {
        return NEVER;
      }
      double fixedTicks = MIN_GAP_TICKS + (MIN_FAULT_TICKS + MAX_FAULT_TICKS) / 2.0;
      double meanWait = 1000 / faultsPerThousandTicks - fixedTicks;
      long from = earliest + (long) (-meanWait * StrictMath.log(1 - random.nextDouble()));
      long to = from + random.nextLong(MIN_FAULT_TICKS, MAX_FAULT_TICKS + 1);
      earliest = to + MIN_GAP_TICKS;
      return new Fault(pump, FAULT_KINDS.get(random.nextInt(FAULT_KINDS.size())), from, to);
    }
  }

  private static final class Pump {
    private final Supplier<Schedule> schedules; // each call gives the same faults from the first on
    private final SplittableRandom noise;
    private final double period; // ticks of one duty cycle
    private final double phase;
    private final double size; // this pump's flow and current, relative to the usual one's

    private final Schedule faults;
    private final double[] reading = new double[CHANNELS.size()];
    private Fault fault; // the present or the next one
    private double drift;
    private double hydraulic;
    private double warmth;

    Pump(int number, SplittableRandom random, double faultsPerThousandTicks) {
      long scheduleSeed = random.nextLong();
      schedules = () -> new Schedule(number, faultsPerThousandTicks, scheduleSeed);
      noise = random.split();
      period = random.nextDouble(48, 96);
      phase = random.nextDouble(2 * Math.PI);
      size = random.nextDouble(0.97, 1.03);
      drift = gaussian(noise);
      warmth = 0.7;
      faults = schedules.get();
      fault = faults.next();
    }

    void advance(long tick) {
      double angle = 2 * Math.PI * tick / period + phase;
      double load = 0.7 + 0.3 * StrictMath.tanh(2 * StrictMath.sin(angle));
      drift = 0.998 * drift + Math.sqrt(1 - 0.998 * 0.998) * gaussian(noise);
      hydraulic = 0.7 * hydraulic + Math.sqrt(1 - 0.7 * 0.7) * gaussian(noise);
      warmth += 0.05 * (load - warmth);
      if (tick >= fault.toTick()) {
        fault = faults.next();
      }

      double lastFlow = reading[FLOW];
      reading[VIBRATION] = 1.2 + 1.5 * load + 0.1 * drift + 0.08 * gaussian(noise);
      reading[PRESSURE] = 3 + 3 * load + 0.1 * drift + 0.12 * hydraulic + 0.05 * gaussian(noise);
      reading[FLOW] = 80 * size * load + 2 * hydraulic + gaussian(noise);
      reading[TEMPERATURE] = 35 + 30 * warmth + 1.5 * drift + 0.2 * gaussian(noise);
      reading[CURRENT] = size * (4 + 16 * load) + 0.2 * drift + 0.3 * hydraulic;
      reading[CURRENT] += 0.2 * gaussian(noise);
      if (tick >= fault.fromTick()) {
        damage(tick, load, lastFlow);
      }
    }

    private void damage(long tick, double load, double lastFlow) {
      double age = (double) (tick + 1 - fault.fromTick()) / (fault.toTick() - fault.fromTick());
      double severity = Math.min(1, 2 * age);
      switch (fault.kind()) {
        case "bearing wear" -> {
          reading[VIBRATION] += severity * load * (1.2 + 0.4 * StrictMath.sin(1.9 * tick));
          reading[TEMPERATURE] += 3 * severity;
        }
        case "cavitation" -> {
          reading[PRESSURE] += severity * 0.8 * StrictMath.sin(2.3 * tick);
          reading[FLOW] += severity * 12 * StrictMath.sin(2.3 * tick + 0.5);
          reading[VIBRATION] += severity * 0.3;
        }
        case "blockage" -> {
          reading[FLOW] *= 1 - 0.4 * severity;
          reading[PRESSURE] += 0.8 * severity;
          reading[CURRENT] *= 1 + 0.2 * severity;
        }
        case "seal leak" -> {
          reading[PRESSURE] *= 1 - 0.25 * severity;
          reading[FLOW] *= 1 - 0.15 * severity;
        }
        case "sensor stuck" -> reading[FLOW] = lastFlow;
        default -> throw new AssertionError(fault.kind());
      }
    }
  }
}
