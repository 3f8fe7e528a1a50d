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

/**
 * Whether a version of a model can take the place of another in a pipeline: it compiles, takes the
 * same frames, fills the same columns of the scores, and gives numbers on probe inputs.
 */
public final class ModelFit {
  private static final int PROBE_FRAMES = 64;
  private static final float[] PROBES = {0f, 1f, -1f, 3f, -3f};

  private ModelFit() {}

  /**
   * Makes a version ready, or says why it doesn't fit.
   *
   * @param base what scores now; the version takes the place of its model
   * @throws ModelException saying what does not fit
   */
  static ScoringPlan plan(Scoring base, Model model, Kernels kernels) {
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

  /** Readers of the output topic get the same columns from every version. */
  private static void checkColumns(Scoring base, Scoring scoring) {
    ScoreSchema there = schema(base);
    ScoreSchema here = schema(scoring);
    if (!here.columns().equals(there.columns())) {
      throw new ModelException(
          scoring.model().id()
              + " gives the columns "
              + here.columns().stream().map(ScoreSchema.Column::name).toList()
              + ", the scores of the pipeline \""
              + base.name()
              + "\" have "
              + there.columns().stream().map(ScoreSchema.Column::name).toList());
    }
  }

  private static ScoreSchema schema(Scoring scoring) {
    return new OutputStages(scoring).schema();
  }

  /**
   * Steps through constant frames; a frame that the network refuses, such as a token, is no probe.
   */
  private static void probe(Model model, Network network) {
    NetworkTask task = network.newTask();
    float[] frame = new float[network.input().size()];
    int outputs = network.output().size();
    for (float value : PROBES) {
      float[] state = network.newState();
      Arrays.fill(frame, value);
      try {
        for (int i = 0; i < PROBE_FRAMES; i++) {
          task.step(
              frame,
              0,
              state,
              (values, offset) -> checkFinite(model, value, values, offset, outputs));
        }
      } catch (BadFrameException e) {
        continue;
      }
      checkFinite(model, value, state, 0, network.stateLength());
    }
  }

  private static void checkFinite(Model model, float probe, float[] values, int offset, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[offset + i])) {
        throw new ModelException(
            model.id()
                + " gives "
                + values[offset + i]
                + " on a probe: up to "
                + PROBE_FRAMES
                + " frames of "
                + probe);
      }
    }
  }
}
