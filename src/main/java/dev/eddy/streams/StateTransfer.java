package dev.eddy.streams;

import dev.eddy.layer.StatePart;
import dev.eddy.network.Graph;
import dev.eddy.network.Network;
import dev.eddy.network.StateBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of a key's state by one version what another can go on with: the layers that are the same
 * in description, input and layout, and what scoring adds to the network's state. The other layers
 * begin anew.
 *
 * <p>Only between versions that give one frame for each that comes in, and at once: else a layer
 * that begins anew would wait for frames that the others have passed on already.
 */
final class StateTransfer {
  private record Range(int from, int to, int length) {}

  private final VersionOutline before;
  private final ScoringPlan after;
  private final List<Range> ranges = new ArrayList<>();
  private final boolean possible;

  StateTransfer(VersionOutline before, ScoringPlan after) {
    this.before = before;
    this.after = after;
    Map<String, Integer> offsets = new HashMap<>();
    Map<String, Network.Part> parts = new HashMap<>();
    Map<String, Graph.Node> nodes = new HashMap<>();
    int at = 0;
    for (Network.Part part : before.parts()) {
      offsets.put(part.name(), at);
      parts.put(part.name(), part);
      at += part.stateLength();
    }
    before.graph().nodes().forEach(node -> nodes.put(node.name(), node));
    int to = 0;
    for (int i = 0; i < after.network.parts().size(); i++) {
      Network.Part part = after.network.parts().get(i);
      Network.Part same = parts.get(part.name());
      if (part.stateLength() > 0
          && same != null
          && nodes.get(part.name()).equals(after.network.graph().nodes().get(i))
          && same.input().equals(part.input())
          && same.stateLength() == part.stateLength()) {
        ranges.add(new Range(offsets.get(part.name()), to, part.stateLength()));
      }
      to += part.stateLength();
    }
    possible = !ranges.isEmpty() && before.prompt() && after.prompt;
    addWhatScoringAdds();
  }

  /** Whether it is from what is known of a version just now. */
  boolean isFrom(VersionOutline version) {
    return version == before;
  }

  /** Whether it is to just this plan; a version that is loaded again has another. */
  boolean isTo(ScoringPlan plan) {
    return plan == after;
  }

  /** Parts of one name and length mean the same: both plans are of one pipeline. */
  private void addWhatScoringAdds() {
    Map<StatePart, Integer> offsets = new HashMap<>();
    int at = 0;
    for (StatePart part : before.layout().parts()) {
      if (at >= before.networkLength()) {
        offsets.put(part, at);
      }
      at += part.length();
    }
    int to = 0;
    for (StatePart part : after.layout.parts()) {
      if (to >= after.network.stateLength() && offsets.containsKey(part)) {
        ranges.add(new Range(offsets.get(part), to, part.length()));
      }
      to += part.length();
    }
  }

  /** Whether some layer keeps its state. */
  boolean isPossible() {
    return possible;
  }

  /** The state of the version after, of one of the version before. */
  byte[] apply(byte[] stored) {
    StateBytes reading = new StateBytes(before.layout());
    float[] from = new float[before.layout().length()];
    reading.read(stored, from);
    float[] to = new float[after.layout.length()];
    after.network.reset(to);
    for (Range range : ranges) {
      System.arraycopy(from, range.from, to, range.to, range.length);
    }
    return new StateBytes(after.layout)
        .write(
            to, after.version, reading.framesSeen(), reading.framesEmitted(), reading.lastTimeMs());
  }
}
