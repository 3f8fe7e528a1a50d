package dev.eddy.streams;

import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.YamlException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of a model that are compiled, each once for all who ask, off the threads that do.
 * Who asks for one that is not ready waits for that one alone, whatever else is made ready at the
 * same time. What fails because a broker doesn't answer is thrown to all who wait, and tried again
 * when the version is asked for again. Thread-safe.
 *
 * <p>What is known of a version without its weights stays when the version is let go.
 */
final class CompiledVersions {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledVersions.class);
  static final int MAX_SPARE = 4; // for keys that come from there, and for going back

  /** Makes versions ready. */
  interface Maker {
    /** What the models topic says of a version now; null for nothing. Quick. */
    ModelManifest manifest(long version);

    /** The versions that are not to be let go. Quick. */
    Set<Long> named();

    /**
     * Fetches and compiles a version.
     *
     * @throws ModelException if it can't be used
     * @throws YamlException if its description can't be
     * @throws KafkaException if a broker doesn't answer
     */
    ScoringPlan make(long version);

    /** Takes note that a version can't be used. */
    void refuse(long version, String reason);
  }

  /** A version that was asked for. */
  private static final class Version {
    private final ModelManifest manifest; // that it is made of
    private final CompletableFuture<ScoringPlan> plan = new CompletableFuture<>(); // null: refused
    private volatile long usedNs;

    private Version(ModelManifest manifest) {
      this.manifest = manifest;
    }

    private boolean isReady() {
      return plan.isDone() && !plan.isCompletedExceptionally();
    }

    private boolean isRefused() {
      return isReady() && plan.join() == null;
    }

    private boolean isCompiled() {
      return isReady() && plan.join() != null;
    }
  }

  /** What stays of one that is let go. */
  private record Known(ModelManifest manifest, VersionOutline outline) {}

  /** One that may be let go, and how long ago it was asked for when that was looked up. */
  private record Spare(long version, long idleNs) {}

  private final Maker maker;
  private final Executor executor;
  private final LongSupplier clockNs;
  private final Map<Long, Version> versions = new ConcurrentHashMap<>();
  private final Map<Long, Known> outlines = new ConcurrentHashMap<>();

  /**
   * @param executor runs what takes long; must not make one version wait for another
   * @param clockNs as {@link System#nanoTime}
   */
  CompiledVersions(Maker maker, Executor executor, LongSupplier clockNs) {
    this.maker = maker;
    this.executor = executor;
    this.clockNs = clockNs;
  }

  /** A thread for each version, for as long as that takes. */
  static Executor threads() {
    return task -> {
      Thread thread = new Thread(task, "eddy-models-compile");
      thread.setDaemon(true);
      thread.start();
    };
  }

  /**
   * A version; null if it is refused. Waits for nobody where it is ready already.
   *
   * @throws KafkaException if a broker doesn't answer
   */
  ScoringPlan get(long version) {
    Version found = versions.get(version);
    if (found == null) {
      found = begin(version);
    }
    found.usedNs = clockNs.getAsLong();
    return await(found);
  }

  /** What is known of a version; null if it is refused. As {@link #get}. */
  VersionOutline outline(long version) {
    Known known = outlines.get(version);
    if (known != null) {
      return known.outline;
    }
    ScoringPlan plan = get(version);
    return plan == null ? null : plan.outline;
  }

  private static ScoringPlan await(Version version) {
    try {
      return version.plan.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Version begin(long number) {
    Version made;
    synchronized (this) { // so that none is made of what the topic doesn't say any more
      Version other = versions.get(number);
      if (other != null) {
        return other;
      }
      made = new Version(maker.manifest(number));
      made.usedNs = clockNs.getAsLong();
      versions.put(number, made);
    }
    try {
      executor.execute(() -> make(number, made));
    } catch (RuntimeException | OutOfMemoryError e) { // no thread to be had
      fail(number, made, e);
    }
    return made;
  }

  private void make(long number, Version version) {
    try {
      ScoringPlan plan = made(number, version);
      synchronized (this) {
        if (plan != null && versions.get(number) == version) {
          outlines.put(number, new Known(version.manifest, plan.outline));
        }
      }
      version.plan.complete(plan);
    } catch (RuntimeException | Error e) {
      fail(number, version, e);
    }
    trim(); // here too: a fast replay meets many
  }

  /** Null where it is refused. */
  private ScoringPlan made(long number, Version version) {
    String reason;
    try {
      return maker.make(number);
    } catch (KafkaException e) {
      throw e;
    } catch (ModelException | YamlException e) {
      reason = e.getMessage();
    } catch (OutOfMemoryError e) {
      reason = "there is not enough memory for it";
    } catch (RuntimeException | StackOverflowError e) { // whatever it is, it can't be used
      LOG.error("version {} can't be made ready", number, e);
      reason = "it can't be made ready: " + e;
    }
    if (versions.get(number) == version) { // else the topic has said something else since
      maker.refuse(number, reason);
    }
    return null;
  }

  private void fail(long number, Version version, Throwable e) {
    versions.remove(number, version); // first, so that who is told of it can ask again
    version.plan.completeExceptionally(e);
  }

  /** Forgets a version of which the topic says something else than what it was made of. */
  synchronized void check(long number) {
    ModelManifest now = maker.manifest(number);
    Version version = versions.get(number);
    // of what is refused, or will be, something may have come that was missing
    if (version != null && (!version.isCompiled() || !isOf(version.manifest, now))) {
      versions.remove(number);
    }
    Known known = outlines.get(number);
    if (known != null && !isOf(known.manifest, now)) {
      outlines.remove(number);
    }
  }

  private static boolean isOf(ModelManifest manifest, ModelManifest now) {
    return now != null && now.equals(manifest);
  }

  /** Whether a version was looked at and can't be used. */
  boolean isRefused(long number) {
    Version found = versions.get(number);
    return found != null && found.isRefused();
  }

  /** How many are compiled. */
  long count() {
    return versions.values().stream().filter(Version::isCompiled).count();
  }

  /** Lets go of what is not named any more, but for the last of those that were asked for. */
  synchronized void trim() {
    Set<Long> named = maker.named();
    long nowNs = clockNs.getAsLong();
    List<Spare> spare = new ArrayList<>();
    versions.forEach(
        (number, one) -> {
          if (one.isCompiled() && !named.contains(number)) {
            spare.add(new Spare(number, nowNs - one.usedNs)); // which changes while it is sorted
          }
        });
    spare.sort(Comparator.comparingLong(Spare::idleNs).reversed());
    spare
        .subList(0, Math.max(0, spare.size() - MAX_SPARE))
        .forEach(one -> versions.remove(one.version));
  }
}
