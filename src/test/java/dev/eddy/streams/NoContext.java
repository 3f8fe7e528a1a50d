package dev.eddy.streams;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;

/** An origin for a record that comes from nowhere. */
final class NoContext implements ErrorHandlerContext {
  @Override
  public String topic() {
    return "in";
  }

  @Override
  public int partition() {
    return 0;
  }

  @Override
  public long offset() {
    return 0;
  }

  @Override
  public Headers headers() {
    return new RecordHeaders();
  }

  @Override
  public String processorNodeId() {
    return "node";
  }

  @Override
  public TaskId taskId() {
    return new TaskId(0, 0);
  }

  @Override
  public long timestamp() {
    return 0;
  }

  @Override
  public byte[] sourceRawKey() {
    return new byte[0];
  }

  @Override
  public byte[] sourceRawValue() {
    return new byte[0];
  }
}
