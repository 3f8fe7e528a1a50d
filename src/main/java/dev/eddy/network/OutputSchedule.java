package dev.eddy.network;

/**
 * When a network's output frames come, beside the input frames that go in.
 *
 * <p>Output frames stand on the axis of input frames, a rate apart. The last frame of the first
 * burst stands where the input frame does that made it, less the frames that the network looks
 * ahead.
 *
 * @param first where output frame 0 stands, in input frames times the rate's {@code out}
 * @param behind input frames from where an output frame stands to the one that made it, at most
 * @param lag how many more frames have gone in than have come out, at most
 * @param ahead how many more frames have come out than have gone in, at most
 * @param flushes whether the end of a sequence gives frames
 */
public record OutputSchedule(long first, long behind, long lag, long ahead, boolean flushes) {}
