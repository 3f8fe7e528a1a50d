package dev.eddy.layer;

/**
 * A frame holds a value that a layer can't take: the data's fault, not the model's. Whoever feeds
 * frames catches it, sets the record aside, and goes on from the state before the frame; the layers
 * that came first have already changed the one they were given.
 */
public final class BadFrameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int channel;
  private final float value;

  BadFrameException(int channel, float value, String accepted) {
    super("channel " + channel + " holds " + value + ", which is not " + accepted);
    this.channel = channel;
    this.value = value;
  }

  /** The channel of the layer's own input. */
  public int channel() {
    return channel;
  }

  /** What it held. */
  public float value() {
    return value;
  }
}
