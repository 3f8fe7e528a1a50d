package dev.eddy.streams;

import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import dev.eddy.streams.VersionsPipeline.Made;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What scores are to be, worked out plainly: each record asks the activations from the first to the
 * last, each key has its states as arrays. For versions that give one frame for each at once, one
 * channel, one output. A version without a model is one that is refused.
 */
final class VersionsByHand {
  private static final int MOST_KEPT = 4;

  private record Kept(long version, float[] state, long untilMs) {}

  /** A key's sequence. */
  private static final class Sequence {
    long version;
    float[] state;
    long frames;
    long lastMs = Long.MIN_VALUE;
    long nextVersion; // that is fed beside; 0 for none
    float[] next;
    int nextSeen;
    final List<Float> tail = new ArrayList<>();
    final List<Kept> kept = new ArrayList<>();
  }

  final List<Made> live = new ArrayList<>();
  final List<Made> shadow = new ArrayList<>();
  private final Map<Long, Network> networks = new HashMap<>();
  private final Map<Long, NetworkTask> tasks = new HashMap<>();
  private final ModelUpdates updates;
  private final long base;
  private final List<Activation> byTime;
  private final Map<String, Sequence> sequences = new HashMap<>();
  private final Map<String, Sequence> shadows = new HashMap<>();

  VersionsByHand(
      List<PackedModel> models, long base, ModelUpdates updates, List<Activation> activations) {
    for (PackedModel model : models) {
      Network network = model.model().network(VersionsPipeline.KERNELS);
      networks.put(model.manifest().version(), network);
      tasks.put(model.manifest().version(), network.newTask());
    }
    this.base = base;
    this.updates = updates;
    this.byTime = new ArrayList<>(activations);
    byTime.sort(Comparator.comparingLong(Activation::fromMs));
  }

  void record(String key, Float value, long timeMs) {
    if (value == null) {
      sequences.remove(key);
      shadows.remove(key);
      return;
    }
    Sequence sequence = sequences.computeIfAbsent(key, k -> new Sequence());
    long lastMs = Math.max(timeMs, sequence.lastMs);
    live.add(made(sequence, key, value, timeMs, liveAt(lastMs, place(key)), updates));
    inTheShadow(key, value, timeMs);
  }

  private void inTheShadow(String key, float value, long timeMs) {
    if (shadowAt(timeMs) == 0) {
      return;
    }
    Sequence known = shadows.get(key);
    long lastMs = known == null ? timeMs : Math.max(timeMs, known.lastMs);
    long version = shadowAt(lastMs);
    if (version == 0) {
      return;
    }
    Sequence sequence = shadows.computeIfAbsent(key, k -> new Sequence());
    if (sequence.version == version && !isInTheShadow(version, sequence.lastMs, lastMs)) {
      sequence.version = 0; // it has missed frames
    }
    ModelUpdates plain =
        updates.onChange(StatePolicy.RESET).warmUpFrames(0).keepStatesFor(Duration.ZERO);
    shadow.add(made(sequence, key, value, timeMs, version, plain));
  }

  private boolean isInTheShadow(long version, long fromMs, long toMs) {
    for (long ms = fromMs; ms <= toMs; ms++) {
      if (shadowAt(ms) != version) {
        return false;
      }
    }
    return true;
  }

  private static int place(String key) {
    CRC32C hash = new CRC32C();
    hash.update(key.getBytes(StandardCharsets.UTF_8));
    return VersionView.place((int) hash.getValue());
  }

  /**
   * Where a version is refused, what scored before it: the next older, or that of earlier times.
   */
  private long liveAt(long timeMs, int place) {
    long atMs = timeMs;
    while (true) {
      List<Activation> effective = effectiveAt(atMs);
      boolean refused = false;
      for (int i = effective.size() - 1; i >= 0; i--) {
        if (place < effective.get(i).sharePermille()) {
          long version = effective.get(i).version();
          if (networks.containsKey(version)) {
            return version;
          }
          refused = true;
        }
      }
      if (!refused) {
        return base;
      }
      atMs = startOfStretch(atMs) - 1;
    }
  }

  private long startOfStretch(long timeMs) {
    long startMs = Long.MIN_VALUE;
    for (Activation one : byTime) {
      if (one.fromMs() <= timeMs) {
        startMs = one.fromMs();
      }
    }
    return startMs;
  }

  /** Live ones that hold at a time, the newest last. */
  private List<Activation> effectiveAt(long timeMs) {
    List<Activation> effective = new ArrayList<>();
    for (Activation one : byTime) {
      if (one.fromMs() > timeMs) {
        break;
      }
      switch (one.mode()) {
        case LIVE, ROLLBACK -> {
          if (one.sharePermille() == Timeline.ALL) {
            effective.clear();
          }
          effective.add(one);
        }
        case RETIRED ->
            effective.removeIf(
                other -> other.version() == one.version() && other.sharePermille() < Timeline.ALL);
        case SHADOW -> {
          // scores beside them
        }
      }
    }
    return effective;
  }

  private long shadowAt(long timeMs) {
    long version = 0;
    for (Activation one : byTime) {
      if (one.fromMs() <= timeMs) {
        if (one.mode() == Timeline.Mode.SHADOW) {
          version = one.version();
        } else if (one.version() == version) {
          version = 0;
        }
      }
    }
    return networks.containsKey(version) ? version : 0;
  }

  private Made made(
      Sequence key, String name, float value, long timeMs, long version, ModelUpdates how) {
    long by = version;
    float output;
    if (key.state == null) {
      key.state = networks.get(version).newState();
      key.version = version;
      output = step(version, key.state, value);
    } else if (key.version == version) {
      key.nextVersion = 0;
      output = step(version, key.state, value);
    } else if (key.nextVersion == version) {
      by = key.version;
      output = both(key, value, timeMs, how);
    } else {
      key.nextVersion = 0;
      float[] from = restored(key, version, timeMs);
      StatePolicy policy = from == null ? policy(key, version, how) : null;
      if (policy == StatePolicy.DUAL_RUN) {
        key.nextVersion = version;
        key.next = networks.get(version).newState();
        key.nextSeen = 0;
        by = key.version;
        output = both(key, value, timeMs, how);
      } else {
        float[] state = from == null ? begun(key, version, policy) : from;
        keep(key, timeMs, how);
        key.version = version;
        key.state = state;
        output = step(version, state, value);
      }
    }
    key.lastMs = Math.max(key.lastMs, timeMs);
    key.tail.add(value);
    if (key.tail.size() > how.warmUpFrames()) {
      key.tail.remove(0);
    }
    return new Made(name, timeMs, key.frames++, "m/" + by, output);
  }

  private float[] restored(Sequence key, long version, long timeMs) {
    for (int i = key.kept.size() - 1; i >= 0; i--) {
      Kept kept = key.kept.get(i);
      if (kept.version == version && kept.untilMs >= timeMs) {
        key.kept.remove(i);
        return kept.state;
      }
    }
    return null;
  }

  private StatePolicy policy(Sequence key, long version, ModelUpdates how) {
    for (StatePolicy policy : how.onChange()) {
      boolean possible =
          switch (policy) {
            case KEEP -> key.version > 0 && isSame(key.version, version);
            case TRANSFER -> key.version > 0 && !common(key.version, version).isEmpty();
            case WARM_UP -> !key.tail.isEmpty();
            case DUAL_RUN -> beside(version, how) > 0 && key.version > 0;
            case RESET -> true;
          };
      if (possible) {
        return policy;
      }
    }
    return StatePolicy.RESET;
  }

  private float[] begun(Sequence key, long version, StatePolicy policy) {
    float[] state = networks.get(version).newState();
    switch (policy) {
      case KEEP -> state = key.state.clone();
      case TRANSFER -> {
        for (String part : common(key.version, version)) {
          Network.Part there = part(version, part);
          int length = there.stateLength();
          System.arraycopy(
              key.state, offset(key.version, part), state, offset(version, part), length);
        }
      }
      case WARM_UP -> {
        for (float value : key.tail) {
          step(version, state, value);
        }
      }
      case DUAL_RUN, RESET -> {}
    }
    return state;
  }

  private float both(Sequence key, float value, long timeMs, ModelUpdates how) {
    float output = step(key.version, key.state, value);
    step(key.nextVersion, key.next, value);
    key.nextSeen++;
    if (key.nextSeen >= beside(key.nextVersion, how)) {
      keep(key, timeMs, how);
      key.version = key.nextVersion;
      key.state = key.next;
      key.nextVersion = 0;
    }
    return output;
  }

  private long beside(long version, ModelUpdates how) {
    return how.dualRunFrames() > 0
        ? how.dualRunFrames()
        : networks.get(version).receptiveField().orElse(0);
  }

  private static void keep(Sequence key, long timeMs, ModelUpdates how) {
    long keepMs = how.keepStatesFor().toMillis();
    if (keepMs > 0) {
      key.kept.removeIf(kept -> kept.version == key.version);
      key.kept.add(new Kept(key.version, key.state.clone(), timeMs + keepMs));
      if (key.kept.size() > MOST_KEPT) {
        key.kept.remove(0);
      }
    }
  }

  private boolean isSame(long one, long other) {
    return networks.get(one).stateLayout().fingerprint()
        == networks.get(other).stateLayout().fingerprint();
  }

  /** The layers with a state that are the same in both. */
  private List<String> common(long one, long other) {
    List<String> names = new ArrayList<>();
    for (Network.Part part : networks.get(one).parts()) {
      Network.Part same = part(other, part.name());
      if (part.stateLength() > 0
          && same != null
          && same.operation().equals(part.operation())
          && same.input().equals(part.input())) {
        names.add(part.name());
      }
    }
    return names;
  }

  private Network.Part part(long version, String name) {
    return networks.get(version).parts().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private int offset(long version, String name) {
    int offset = 0;
    for (Network.Part part : networks.get(version).parts()) {
      if (part.name().equals(name)) {
        return offset;
      }
      offset += part.stateLength();
    }
    throw new IllegalArgumentException(name);
  }

  private float step(long version, float[] state, float value) {
    float[] out = {Float.NaN};
    tasks.get(version).step(new float[] {value}, 0, state, (values, at) -> out[0] = values[at]);
    return out[0];
  }
}
