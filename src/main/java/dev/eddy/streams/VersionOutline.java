package dev.eddy.streams;

import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import dev.eddy.network.StateLayout;
import java.util.List;

/**
 * What is known of a version once it was compiled, without its weights: enough to tell what another
 * version can go on with of its states. Small, so that all of a process are kept. Immutable.
 *
 * @param layout of a key's state
 * @param networkLength values of it that are the network's; they come first
 * @param adopted values that are the key's, whatever the version; they come last
 * @param oneEach whether it gives one frame for each that comes in, at some time
 * @param prompt whether it does so at once, so that it holds nothing back
 * @param flushes whether the end of a sequence gives frames
 */
record VersionOutline(
    long version,
    Graph graph,
    List<Network.Part> parts,
    StateLayout layout,
    long fingerprint,
    int networkLength,
    int adopted,
    boolean oneEach,
    boolean prompt,
    boolean flushes) {

  static VersionOutline of(ScoringPlan plan) {
    return new VersionOutline(
        plan.version,
        plan.network.graph(),
        plan.network.parts(),
        plan.layout,
        plan.fingerprint,
        plan.network.stateLength(),
        plan.adopted,
        plan.oneEach,
        plan.prompt,
        plan.flushes);
  }
}
