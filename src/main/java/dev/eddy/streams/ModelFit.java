package dev.eddy.streams;

import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.BadFrameException;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.ModelSignature;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a version of a model can take the place of another in a pipeline: it compiles, takes the
 * same frames, fills the same columns of the scores, and gives numbers on probe inputs.
 */
public final class ModelFit {
  private static final int MAX_PROBE_FRAMES = 64;
  private static final int MIN_PROBE_FRAMES = 8;
  private static final double PROBE_MULTIPLY_ADDS = 100e6; // beyond these, fewer frames
  private static final float[] PROBES = {0f, 1f, -1f, 3f, -3f};

  private ModelFit() {}

  /**
   * Makes a version ready, or says why it doesn't fit.
   *
   * @param base what scores now; given back where the version is the same, compiled already
   * @throws ModelException saying what does not fit
   */
  static ScoringPlan plan(ScoringPlan base, Model model, Kernels kernels) {
    if (base.isOf(model)) {
      probe(model, base.network);
      return base;
    }
    return plan(base.scoring, model, kernels);
  }

  private static ScoringPlan plan(Scoring base, Model model, Kernels kernels) {
    if (!model.graph().input().equals(base.model().graph().input())) {
      throw new ModelException(
          model.id()
              + " takes frames of "
              + model.graph().input()
              + ", the pipeline \""
              + base.name()
              + "\" gives frames of "
              + base.model().graph().input());
    }
    try {
      Scoring scoring = base.with(model);
      checkColumns(base, scoring);
      ScoringPlan plan = new ScoringPlan(scoring, kernels);
      probe(model, plan.network);
      return plan;
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    }
  }

  /**
   * Checks a version by itself.
   *
   * @return the compiled network
   * @throws ModelException saying what is wrong with it
   */
  public static Network check(Model model, Kernels kernels) {
    Network network = model.network(kernels);
    probe(model, network);
    return network;
  }

  /**
   * Checks whether a version fits a pipeline.
   *
   * @throws ModelException saying what does not fit
   */
  public static void check(Scoring pipeline, Model model, Kernels kernels) {
    plan(pipeline, model, kernels);
  }

  /**
   * Checks what a pipeline asks of a version before it looks into it: its size, its signature.
   *
   * @throws ModelException saying what does not fit
   */
  public static void check(ModelUpdates updates, ModelManifest manifest) {
    if (manifest.size() > updates.maxBytes()) {
      throw new ModelException(
          manifest.id()
              + " has "
              + manifest.size()
              + " bytes; models.max-bytes is "
              + updates.maxBytes());
    }
    if (!updates.publicKeys().isEmpty()) {
      ModelSignature.check(manifest, updates.publicKeys());
    }
  }

  /**
   * Readers of the output topic get the same columns from every version. Versions alternate there:
   * some score a share of the keys, some come back. So each would have to be compatible with the
   * others in both directions, as reader and as writer; of columns without defaults, as outputs
   * are, Avro says that of the same ones only.
   */
  private static void checkColumns(Scoring base, Scoring scoring) {
    List<ScoreSchema.Column> there = schema(base).columns();
    List<ScoreSchema.Column> here = schema(scoring).columns();
    if (!withoutDocs(here).equals(withoutDocs(there))) {
      throw new ModelException(
          scoring.model().id()
              + " gives the columns "
              + here.stream().map(ScoreSchema.Column::name).toList()
              + ", the scores of the pipeline \""
              + base.name()
              + "\" have "
              + there.stream().map(ScoreSchema.Column::name).toList()
              + "; versions take turns on one topic, so all give the same ones in one order");
    }
  }

  private static List<ScoreSchema.Column> withoutDocs(List<ScoreSchema.Column> columns) {
    return columns.stream().map(column -> column.doc(null)).toList();
  }

  private static ScoreSchema schema(Scoring scoring) {
    return new OutputStages(scoring).schema();
  }

  /**
   * Steps through constant frames; a frame that the network refuses, such as a token, is no probe.
   */
  private static void probe(Model model, Network network) {
    NetworkTask task = network.newTask();
    int frames = probeFrames(network);
    float[] frame = new float[network.input().size()];
    int outputs = network.output().size();
    for (float value : PROBES) {
      float[] state = network.newState();
      Arrays.fill(frame, value);
      try {
        for (int i = 0; i < frames; i++) {
          task.step(
              frame,
              0,
              state,
              (values, offset) -> checkFinite(model, frames, value, values, offset, outputs));
        }
      } catch (BadFrameException e) {
        continue;
      }
      checkFinite(model, frames, value, state, 0, network.stateLength());
    }
  }

  /**
   * Fewer of a large network: one of 50 MB takes as long for a step as a small one for them all.
   */
  private static int probeFrames(Network network) {
    double affordable = PROBE_MULTIPLY_ADDS / Math.max(1, network.multiplyAddsPerFrame());
    return (int) Math.max(MIN_PROBE_FRAMES, Math.min(MAX_PROBE_FRAMES, affordable));
  }

  private static void checkFinite(
      Model model, int frames, float probe, float[] values, int offset, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[offset + i])) {
        throw new ModelException(
            model.id()
                + " gives "
                + values[offset + i]
                + " on a probe: up to "
                + frames
                + " frames of "
                + probe);
      }
    }
  }
}
