package dev.eddy.streams;

import dev.eddy.kernel.Kernels;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.streams.models.TopicFollower;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The catalogue as a models topic gives it: read by one thread for all tasks of the process, from
 * the first task's start until there has been no task for a while, so that a rebalance doesn't
 * begin anew.
 */
final class TopicVersions implements VersionsSource {
  private static final Duration PATIENCE = Duration.ofMinutes(4); // below max.poll.interval.ms
  private static final long LINGER_NS = Duration.ofMinutes(1).toNanos();

  private final ScoringPlan basePlan;
  private final Kernels kernels;
  private int tasks;
  private long idleSinceNs;
  private Reading reading; // null while nobody reads

  /** A reader and what it fills. */
  private final class Reading implements TopicFollower.Listener {
    private final ModelCatalogue catalogue;
    private final TopicFollower follower;

    private Reading(Map<String, Object> settings) {
      String topic = basePlan.scoring.updates().orElseThrow().topic();
      Object application = settings.get(StreamsConfig.APPLICATION_ID_CONFIG);
      follower = new TopicFollower(settings, topic, this, () -> isWanted(this));
      catalogue =
          new ModelCatalogue(
              basePlan,
              kernels,
              String.valueOf(application),
              this::fetch,
              refusal -> TopicFollower.refuse(settings, topic, refusal));
    }

    private PackedModel fetch(ModelManifest manifest, long[] offsets) {
      return follower.fetch(manifest, offsets);
    }

    @Override
    public void record(long offset, byte[] key, byte[] value) {
      catalogue.accept(offset, key, value);
    }

    @Override
    public void caughtUp() {
      catalogue.caughtUp();
    }

    @Override
    public void tick() {
      catalogue.prepare();
    }
  }

  TopicVersions(ScoringPlan basePlan, Kernels kernels) {
    this.basePlan = basePlan;
    this.kernels = kernels;
  }

  @Override
  public ModelCatalogue acquire(Map<String, Object> settings) {
    Reading found;
    synchronized (this) {
      if (reading == null) {
        reading = new Reading(settings);
        reading.follower.start();
      }
      tasks++;
      found = reading;
    }
    try {
      found.follower.awaitEnd(PATIENCE);
    } catch (RuntimeException e) {
      release();
      throw e;
    }
    return found.catalogue;
  }

  @Override
  public synchronized void release() {
    tasks--;
    idleSinceNs = System.nanoTime();
  }

  private synchronized boolean isWanted(Reading one) {
    if (reading == one && tasks == 0 && System.nanoTime() - idleSinceNs > LINGER_NS) {
      reading = null;
    }
    return reading == one;
  }
}
