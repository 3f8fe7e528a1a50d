package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CompiledVersionsTest {
  private static final String YAML =
      "input: {channels: 1}\nlayers: [{dense: {units: 1}}]\noutputs: [y]\n";

  private final Map<Long, ModelManifest> manifests = new ConcurrentHashMap<>();
  private final Map<Long, String> refused = new ConcurrentHashMap<>();
  private final AtomicInteger made = new AtomicInteger();
  private LongFunction<ScoringPlan> making = CompiledVersionsTest::plan;

  private static ScoringPlan plan(long version) {
    Scoring scoring =
        Scoring.of("p", PackedModels.random("m", version, YAML, (int) version, 1).model());
    return new ScoringPlan(scoring, VersionsPipeline.KERNELS);
  }

  private CompiledVersions versions(Executor executor) {
    CompiledVersions.Maker maker =
        new CompiledVersions.Maker() {
          @Override
          public ModelManifest manifest(long version) {
            return manifests.get(version);
          }

          @Override
          public Set<Long> named() {
            return Set.of();
          }

          @Override
          public ScoringPlan make(long version) {
            made.incrementAndGet();
            return making.apply(version);
          }

          @Override
          public void refuse(long version, String reason) {
            refused.put(version, reason);
          }
        };
    return new CompiledVersions(maker, executor, () -> 0);
  }

  private void publish(long version, int seed) {
    manifests.put(version, PackedModels.random("m", version, YAML, seed, 1).manifest());
  }

  @Test
  void shouldMakeAVersionOnceForAllWhoAsk() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    making =
        version -> {
          Waiting.on(go);
          return plan(version);
        };
    CompiledVersions versions = versions(CompiledVersions.threads());
    List<CompletableFuture<ScoringPlan>> asking = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      asking.add(CompletableFuture.supplyAsync(() -> versions.get(7), CompiledVersions.threads()));
    }
    go.countDown();
    for (CompletableFuture<ScoringPlan> one : asking) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isSameAs(versions.get(7));
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void shouldNotMakeItOnTheThreadThatAsks() {
    Thread own = Thread.currentThread();
    making =
        version -> {
          assertThat(Thread.currentThread()).isNotSameAs(own);
          return plan(version);
        };
    assertThat(versions(CompiledVersions.threads()).get(1)).isNotNull();
    assertThat(refused).isEmpty();
  }

  @Test
  void shouldNotWaitForAnotherVersion() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    making =
        version -> {
          if (version == 1) {
            Waiting.on(go);
          }
          return plan(version);
        };
    CompiledVersions versions = versions(CompiledVersions.threads());
    CompletableFuture<ScoringPlan> slow =
        CompletableFuture.supplyAsync(() -> versions.get(1), CompiledVersions.threads());
    assertThat(versions.get(2).version).isEqualTo(2);
    assertThat(versions.isRefused(1)).isFalse();
    assertThat(slow).isNotDone();
    go.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS).version).isEqualTo(1);
  }

  /** All who wait are told, and who asks again gets it. */
  @Test
  void shouldAskAgainAfterABrokerThatDoesNotAnswer() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    making =
        version -> {
          Waiting.on(go);
          throw new TimeoutException("no answer");
        };
    CompiledVersions versions = versions(CompiledVersions.threads());
    CompletableFuture<ScoringPlan> one =
        CompletableFuture.supplyAsync(() -> versions.get(1), CompiledVersions.threads());
    go.countDown();
    assertThatThrownBy(() -> one.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> versions.outline(1)).isInstanceOf(TimeoutException.class);
    assertThat(refused).isEmpty();
    making = CompiledVersionsTest::plan;
    assertThat(versions.outline(1).version()).isEqualTo(1);
  }

  @Test
  void shouldAskAgainWhereThereIsNoThread() {
    AtomicInteger lacking = new AtomicInteger(1);
    CompiledVersions versions =
        versions(
            task -> {
              if (lacking.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            });
    assertThatThrownBy(() -> versions.get(1)).hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThat(versions.get(1)).isNotNull();
  }

  @Test
  void shouldRefuseWhateverCannotBeMade() {
    List<Throwable> faults =
        List.of(
            new ModelException("it is no model"),
            new OutOfMemoryError(),
            new StackOverflowError(),
            new ArithmeticException("overflow"));
    making =
        version -> {
          Throwable fault = faults.get((int) version - 1);
          if (fault instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) fault;
        };
    CompiledVersions versions = versions(Runnable::run);
    for (long version = 1; version <= faults.size(); version++) {
      assertThat(versions.get(version)).isNull();
      assertThat(versions.outline(version)).isNull();
      assertThat(versions.isRefused(version)).isTrue();
    }
    assertThat(refused)
        .containsEntry(1L, "it is no model")
        .containsEntry(2L, "there is not enough memory for it")
        .containsEntry(3L, "it can't be made ready: java.lang.StackOverflowError")
        .containsEntry(4L, "it can't be made ready: java.lang.ArithmeticException: overflow");
    assertThat(made).hasValue(faults.size()); // each looked at once
  }

  @Test
  void shouldKnowTheOutlineOfWhatWasLetGo() {
    CompiledVersions versions = versions(Runnable::run);
    int all = CompiledVersions.MAX_SPARE + 3;
    for (int version = 1; version <= all; version++) {
      publish(version, version);
      versions.get(version);
    }
    assertThat(versions.count()).isEqualTo(CompiledVersions.MAX_SPARE);
    for (int version = 1; version <= all; version++) {
      versions.check(version); // the same was published again
      assertThat(versions.outline(version).version()).isEqualTo(version);
    }
    assertThat(made).hasValue(all);
  }

  @Test
  void shouldForgetWhatIsNotOnTheTopicAnyMore() {
    CompiledVersions versions = versions(Runnable::run);
    publish(1, 1);
    versions.get(1);
    publish(1, 2);
    versions.check(1);
    assertThat(versions.count()).isZero();
    versions.outline(1);
    assertThat(made).hasValue(2);
  }
}
