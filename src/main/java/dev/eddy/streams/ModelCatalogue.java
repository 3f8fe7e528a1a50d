package dev.eddy.streams;

import dev.eddy.avro.ModelRecords;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import dev.eddy.streams.models.TopicContents;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of one model that a pipeline knows, and its timeline, as read from a models topic.
 * One per process, shared by all tasks; thread-safe.
 *
 * <p>Whoever reads the topic hands over its records. Tasks look at {@link #current}, a volatile
 * field, once a record. A version that the timeline names is fetched, checked and compiled, on a
 * thread for that, before a timeline that names it is to be seen, and before its time comes where
 * several are to follow each other. Older ones are when a task asks for them: in a replay, when it
 * comes to a record of their time, and where a key's state is by one that was let go and goes on
 * scoring, or is asked for what it holds back. The task waits for that version then, and for no
 * other; a broker that doesn't answer is thrown, as a {@code KafkaException}, and the version asked
 * for again with the record. What a task may ask for in the stretch of event time where it is, or
 * in the next, stays compiled, be it many versions; of the others, so that a thousand versions
 * don't take the memory of a thousand, only the {@value CompiledVersions#MAX_SPARE} asked for last
 * do, and the outlines of all.
 *
 * <p>A version that can't be used is refused: told to {@code refusals} and left out, so that what
 * scored before it goes on.
 */
final class ModelCatalogue implements VersionedScorer.Versions {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCatalogue.class);
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

  private final String name; // of the model
  private final ModelUpdates updates;
  private final Kernels kernels;
  private final String application;
  private final Fetcher fetcher;
  private final Consumer<ModelRecords.Refusal> refusals;
  private final ScoringPlan basePlan;
  private final CompiledVersions compiled;
  private final TopicContents contents = new TopicContents(); // guarded by itself
  private final Set<Long> published = ConcurrentHashMap.newKeySet();
  private final Set<Place> places = ConcurrentHashMap.newKeySet();
  private boolean live; // whether what comes now is new to the world; the reader's
  private volatile VersionSpans latest; // current, or what is made ready to become it
  private volatile VersionSpans current;

  /**
   * @param basePlan what scores before the first activation; one that was made by {@link
   *     ScoringPlan#base} takes the place of its version on the topic, if that is the same
   * @param application the pipeline's, as refusals name it
   */
  ModelCatalogue(
      ScoringPlan basePlan,
      Kernels kernels,
      String application,
      Fetcher fetcher,
      Consumer<ModelRecords.Refusal> refusals) {
    this(
        basePlan,
        kernels,
        application,
        fetcher,
        refusals,
        CompiledVersions.threads(),
        System::nanoTime);
  }

  /**
   * @param executor makes versions ready; not one after another
   * @param clockNs as {@link System#nanoTime}
   */
  ModelCatalogue(
      ScoringPlan basePlan,
      Kernels kernels,
      String application,
      Fetcher fetcher,
      Consumer<ModelRecords.Refusal> refusals,
      Executor executor,
      LongSupplier clockNs) {
    this.name = basePlan.scoring.model().name();
    this.updates = basePlan.scoring.updates().orElseThrow();
    this.basePlan = basePlan;
    this.kernels = kernels;
    this.application = application;
    this.fetcher = fetcher;
    this.refusals = refusals;
    this.compiled = new CompiledVersions(new Maker(), executor, clockNs);
    this.latest = new VersionSpans(Timeline.EMPTY);
    this.current = latest;
  }

  /** Who scores when, as far as it is known. */
  VersionSpans current() {
    return current;
  }

  /** Takes up a record of the topic; by the one who reads it. */
  void accept(long offset, byte[] key, byte[] value) {
    TopicContents.Change change = take(offset, key, value);
    if (!change.name().equals(name)) {
      return;
    }
    switch (change.kind()) {
      case MANIFEST, FAULT -> {
        if (change.version() > 0) {
          compiled.check(change.version());
          if (live) {
            plan(change.version());
          }
        }
      }
      case TIMELINE -> {
        if (live) {
          Timeline known = current.timeline();
          show(timeline());
          tell(known.activations(), current.timeline().activations());
        }
      }
      case CHUNK -> {
        // said of a whole by its manifest, which follows
      }
    }
  }

  private TopicContents.Change take(long offset, byte[] key, byte[] value) {
    synchronized (contents) {
      TopicContents.Change change = contents.accept(offset, key, value);
      if (change.kind() == TopicContents.Kind.FAULT && contents.faults().size() <= MAX_TOLD) {
        TopicContents.Fault fault = contents.faults().get(contents.faults().size() - 1);
        LOG.warn(
            "models topic {}, offset {}: {}; left out", updates.topic(), offset, fault.reason());
      }
      if (change.name().equals(name) && change.version() > 0) {
        if (contents.find(name, change.version()).isPresent()) {
          published.add(change.version());
        } else {
          published.remove(change.version());
        }
      }
      return change;
    }
  }

  private Timeline timeline() {
    synchronized (contents) {
      return contents.timeline(name);
    }
  }

  /** How many versions are compiled. */
  long compiled() {
    return compiled.count();
  }

  /**
   * Says that the topic is read up to where it ended when reading began; again where that threw.
   */
  void caughtUp() {
    if (!live) {
      show(timeline());
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
   * not asked for any more; called by the reader now and then, so that no task has to. Shows a
   * timeline for which that failed before.
   */
  void prepare() {
    if (live) {
      planNamed();
      current = latest;
      compiled.trim();
    }
  }

  /**
   * Where tasks are, and the stretches after that and after the latest record, which may be far in
   * the future; and the last two, where most of them will be.
   */
  private Set<Integer> stretches(VersionSpans spans) {
    int last = spans.spans().size() - 1;
    Set<Integer> found = new TreeSet<>();
    found.add(Math.max(0, last - 1));
    found.add(last);
    for (Place place : places) {
      if (place.known) {
        int entered = spans.find(place.enteredMs);
        int foremost = spans.find(place.latestMs);
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
    VersionSpans spans = latest; // which the reader may set meanwhile
    stretches(spans).forEach(stretch -> spans.addNamed(stretch, compiled::isRefused, named));
    return named;
  }

  /** Says what is new on the timeline. */
  private void tell(List<Timeline.Activation> known, List<Timeline.Activation> all) {
    for (Timeline.Activation activation :
        all.subList(Math.min(known.size(), all.size()), all.size())) {
      LOG.info(
          "model \"{}\" version {} is to {} from {} on",
          name,
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
   * A version made ready; null if it is refused. Waits for nobody where it is ready already, else
   * for this one only.
   *
   * @param version 0 for what scores before the first activation
   * @throws org.apache.kafka.common.KafkaException if a broker doesn't answer
   */
  ScoringPlan plan(long version) {
    return version == VersionSpans.BASE ? basePlan : compiled.get(version);
  }

  /** As {@link #plan}, of a version that need not be on the topic; null if there is none. */
  @Override
  public ScoringPlan find(long version) {
    if (published.contains(version)) {
      return plan(version);
    }
    return version == basePlan.version ? basePlan : null;
  }

  /** As {@link #find}; waits for nobody where the version was ready once. */
  @Override
  public VersionOutline outline(long version) {
    if (published.contains(version)) {
      return compiled.outline(version);
    }
    return version == basePlan.version ? basePlan.outline : null;
  }

  /** Called by whoever makes a version ready, not one who waits for it. */
  private final class Maker implements CompiledVersions.Maker {
    @Override
    public ModelManifest manifest(long version) {
      synchronized (contents) {
        return contents.find(name, version).orElse(null);
      }
    }

    @Override
    public Set<Long> named() {
      return ModelCatalogue.this.named();
    }

    @Override
    public ScoringPlan make(long version) {
      ModelManifest manifest;
      long[] offsets;
      synchronized (contents) {
        manifest = contents.get(name, version);
        ModelFit.check(updates, manifest);
        offsets = contents.chunkOffsets(manifest);
      }
      long startNs = System.nanoTime();
      PackedModel packed = fetcher.fetch(manifest, offsets);
      ScoringPlan plan = ModelFit.plan(basePlan, packed.model(), kernels);
      LOG.info("{} is ready, {} ms", manifest.id(), (System.nanoTime() - startNs) / 1_000_000);
      return plan;
    }

    @Override
    public void refuse(long version, String reason) {
      LOG.error("model \"{}\" version {} is refused: {}", name, version, reason);
      refusals.accept(new ModelRecords.Refusal(name, version, application, reason, Instant.now()));
    }
  }
}
