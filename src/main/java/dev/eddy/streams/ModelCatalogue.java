package dev.eddy.streams;

import dev.eddy.avro.ModelRecords;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import dev.eddy.model.YamlException;
import dev.eddy.streams.models.TopicContents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of one model that a pipeline knows, and its timeline, as read from a models topic.
 * One per process, shared by all tasks; thread-safe.
 *
 * <p>Whoever reads the topic hands over its records. Tasks look at {@link #current}, a volatile
 * field, once a record. A version that the timeline names is fetched, checked and compiled by the
 * reader's thread before a timeline that names it is to be seen, and before its time comes where
 * several are to follow each other. Older ones are when a task asks for them: in a replay, when it
 * comes to a record of their time, and where a key's state is by one that was let go, as that of a
 * key that was silent through several activations, or since before a restart. The task waits for it
 * then, and for what the reader makes ready just now; a broker that doesn't answer is thrown, as a
 * {@code KafkaException}, and the version asked for again with the record. What a task may ask for
 * in the stretch of event time where it is, or in the next, stays compiled, be it many versions; of
 * the others, so that a thousand versions don't take the memory of a thousand, only the {@value
 * #MAX_SPARE} asked for last do.
 *
 * <p>A version that can't be used is refused: told to {@code refusals} and left out, so that what
 * scored before it goes on.
 */
final class ModelCatalogue {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCatalogue.class);
  static final int MAX_SPARE = 4; // for keys that come from there, and for going back
  private static final int MAX_TOLD = 5;

  /** Brings a version's tensors. */
  interface Fetcher {
    /**
     * @param offsets where the chunks lie
     * @throws ModelException if they are not what was published
     */
    PackedModel fetch(ModelManifest manifest, long[] offsets);
  }

  /** Where a task is in event time. */
  static final class Place {
    private volatile boolean known;
    private volatile long enteredMs;
    private volatile long latestMs = Long.MIN_VALUE;

    /** The task has come to another stretch with a record of this time. */
    void enter(long timeMs) {
      enteredMs = timeMs;
      if (timeMs > latestMs) {
        latestMs = timeMs; // of one task only
      }
      known = true;
    }
  }

  /** A version that was looked at; without a plan it is refused. */
  private static final class Ready {
    private final ModelManifest manifest; // null without
    private final ScoringPlan plan;
    private volatile long usedNs;

    private Ready(ModelManifest manifest, ScoringPlan plan, long usedNs) {
      this.manifest = manifest;
      this.plan = plan;
      this.usedNs = usedNs;
    }
  }

  /** One that may be let go, and how long ago it was asked for when that was looked up. */
  private record Spare(long version, long idleNs) {}

  private final Scoring base;
  private final ModelUpdates updates;
  private final Kernels kernels;
  private final String application;
  private final Fetcher fetcher;
  private final Consumer<ModelRecords.Refusal> refusals;
  private final ScoringPlan basePlan;
  private final LongSupplier clockNs;
  private final TopicContents contents = new TopicContents();
  private final Map<Long, Ready> ready = new ConcurrentHashMap<>();
  private final Set<Long> published = ConcurrentHashMap.newKeySet();
  private final Set<Place> places = ConcurrentHashMap.newKeySet();
  private boolean live; // whether what comes now is new to the world
  private VersionSpans latest; // current, or what is made ready to become it
  private volatile VersionSpans current;

  /**
   * @param basePlan what scores before the first activation
   * @param application the pipeline's, as refusals name it
   */
  ModelCatalogue(
      ScoringPlan basePlan,
      Kernels kernels,
      String application,
      Fetcher fetcher,
      Consumer<ModelRecords.Refusal> refusals) {
    this(basePlan, kernels, application, fetcher, refusals, System::nanoTime);
  }

  /**
   * @param clockNs as {@link System#nanoTime}
   */
  ModelCatalogue(
      ScoringPlan basePlan,
      Kernels kernels,
      String application,
      Fetcher fetcher,
      Consumer<ModelRecords.Refusal> refusals,
      LongSupplier clockNs) {
    this.base = basePlan.scoring;
    this.updates = base.updates().orElseThrow();
    this.basePlan = basePlan;
    this.kernels = kernels;
    this.application = application;
    this.fetcher = fetcher;
    this.refusals = refusals;
    this.clockNs = clockNs;
    this.latest = new VersionSpans(Timeline.EMPTY);
    this.current = latest;
  }

  /** Who scores when, as far as it is known. */
  VersionSpans current() {
    return current;
  }

  /** Takes up a record of the topic. */
  synchronized void accept(long offset, byte[] key, byte[] value) {
    TopicContents.Change change = contents.accept(offset, key, value);
    String name = base.model().name();
    if (change.kind() == TopicContents.Kind.FAULT && contents.faults().size() <= MAX_TOLD) {
      TopicContents.Fault fault = contents.faults().get(contents.faults().size() - 1);
      LOG.warn("models topic {}, offset {}: {}; left out", updates.topic(), offset, fault.reason());
    }
    if (!change.name().equals(name)) {
      return;
    }
    switch (change.kind()) {
      case MANIFEST, FAULT -> {
        if (change.version() > 0 && !isReady(change.version())) {
          ready.remove(change.version());
          if (contents.find(name, change.version()).isPresent()) {
            published.add(change.version());
          } else {
            published.remove(change.version());
          }
          if (live) {
            plan(change.version());
          }
        }
      }
      case TIMELINE -> {
        if (live) {
          Timeline known = current.timeline();
          show(contents.timeline(name));
          tell(known.activations(), current.timeline().activations());
        }
      }
      case CHUNK -> {
        // said of a whole by its manifest, which follows
      }
    }
  }

  /** Whether what the topic says of a version now is what it was compiled from. */
  private boolean isReady(long version) {
    Ready known = ready.get(version);
    ModelManifest now = contents.find(base.model().name(), version).orElse(null);
    return known != null && known.plan != null && now != null && now.equals(known.manifest);
  }

  /** How many versions are compiled. */
  long compiled() {
    return ready.values().stream().filter(one -> one.plan != null).count();
  }

  /**
   * Says that the topic is read up to where it ended when reading began; again where that threw.
   */
  synchronized void caughtUp() {
    if (!live) {
      show(contents.timeline(base.model().name()));
      live = true;
    }
  }

  /** A task begins; it says where it is. */
  Place open() {
    Place place = new Place();
    places.add(place);
    return place;
  }

  /** A task has ended. */
  void close(Place place) {
    places.remove(place);
  }

  /**
   * Makes ready what tasks may ask for as soon as they see a timeline, and what its last stretches
   * name, then shows it.
   */
  private void show(Timeline timeline) {
    latest = new VersionSpans(timeline);
    planNamed();
    current = latest;
  }

  /**
   * Makes ready what scores now and what comes next, where that is not so yet, and lets go what is
   * not asked for any more; called by the reader's thread now and then, so that no task has to.
   * Shows a timeline for which that failed before.
   */
  synchronized void prepare() {
    if (live) {
      planNamed();
      current = latest;
      trim();
    }
  }

  /**
   * Where tasks are, and the stretches after that and after the latest record, which may be far in
   * the future; and the last two, where most of them will be.
   */
  private Set<Integer> stretches() {
    int last = latest.spans().size() - 1;
    Set<Integer> found = new TreeSet<>();
    found.add(Math.max(0, last - 1));
    found.add(last);
    for (Place place : places) {
      if (place.known) {
        int entered = latest.find(place.enteredMs);
        int foremost = latest.find(place.latestMs);
        found.add(entered);
        found.add(Math.min(entered + 1, last));
        found.add(foremost);
        found.add(Math.min(foremost + 1, last));
      }
    }
    return found;
  }

  /** Makes ready what tasks may ask for where they are. */
  private void planNamed() {
    Set<Long> planned = new TreeSet<>();
    boolean grown = true;
    while (grown) { // where one is refused, what would have scored before it is named too
      grown = false;
      for (long version : named()) {
        if (planned.add(version)) {
          plan(version);
          grown = true;
        }
      }
    }
  }

  private Set<Long> named() {
    Set<Long> named = new TreeSet<>();
    stretches().forEach(stretch -> latest.addNamed(stretch, this::isRefused, named));
    return named;
  }

  /** Lets the oldest go of those that no task may ask for where it is, if they are too many. */
  private void trim() {
    Set<Long> named = named();
    long nowNs = clockNs.getAsLong();
    List<Spare> spare = new ArrayList<>();
    ready.forEach(
        (version, one) -> {
          if (one.plan != null && !named.contains(version)) {
            spare.add(new Spare(version, nowNs - one.usedNs)); // which changes while it is sorted
          }
        });
    spare.sort(Comparator.comparingLong(Spare::idleNs).reversed());
    spare
        .subList(0, Math.max(0, spare.size() - MAX_SPARE))
        .forEach(one -> ready.remove(one.version));
  }

  private boolean isRefused(long version) {
    Ready found = ready.get(version);
    return found != null && found.plan == null;
  }

  /** Says what is new on the timeline. */
  private void tell(List<Timeline.Activation> known, List<Timeline.Activation> all) {
    for (Timeline.Activation activation :
        all.subList(Math.min(known.size(), all.size()), all.size())) {
      LOG.info(
          "model \"{}\" version {} is to {} from {} on",
          base.model().name(),
          activation.version(),
          switch (activation.mode()) {
            case LIVE -> "score";
            case ROLLBACK -> "score again";
            case SHADOW -> "score in the shadow";
            case RETIRED -> "score no more";
          },
          activation.fromMs() == Timeline.ALWAYS
              ? "the start"
              : Instant.ofEpochMilli(activation.fromMs()));
    }
  }

  /**
   * A version made ready; null if it is refused. Waits for nobody where it is ready already.
   *
   * @param version 0 for what scores before the first activation
   */
  ScoringPlan plan(long version) {
    if (version == VersionSpans.BASE) {
      return basePlan;
    }
    Ready found = ready.get(version);
    if (found == null) {
      return load(version).plan;
    }
    found.usedNs = clockNs.getAsLong();
    return found.plan;
  }

  /** As {@link #plan}, of a version that need not be on the topic; null if there is none. */
  ScoringPlan find(long version) {
    if (published.contains(version)) {
      return plan(version);
    }
    return version == basePlan.version ? basePlan : null;
  }

  private synchronized Ready load(long version) {
    Ready found = ready.get(version);
    if (found != null) {
      return found;
    }
    ScoringPlan plan = null;
    ModelManifest manifest = contents.find(base.model().name(), version).orElse(null);
    try {
      plan = compile(version);
    } catch (ModelException | YamlException e) {
      refuse(version, e.getMessage());
    } catch (OutOfMemoryError e) {
      refuse(version, "there is not enough memory for it");
    }
    Ready made = new Ready(manifest, plan, clockNs.getAsLong());
    ready.put(version, made);
    trim();
    return made;
  }

  private ScoringPlan compile(long version) {
    ModelManifest manifest = contents.get(base.model().name(), version);
    ModelFit.check(updates, manifest);
    long start = System.nanoTime();
    PackedModel packed = fetcher.fetch(manifest, contents.chunkOffsets(manifest));
    ScoringPlan plan = ModelFit.plan(base, packed.model(), kernels);
    LOG.info("{} is ready, {} ms", manifest.id(), (System.nanoTime() - start) / 1_000_000);
    return plan;
  }

  private void refuse(long version, String reason) {
    String name = base.model().name();
    LOG.error("model \"{}\" version {} is refused: {}", name, version, reason);
    refusals.accept(new ModelRecords.Refusal(name, version, application, reason, Instant.now()));
  }
}
