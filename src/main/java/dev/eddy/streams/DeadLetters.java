package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what can't be used to Kafka Streams' own dead letter topic, with the reason, the origin and
 * the original bytes, and lets the stream go on; whatever is not the record's fault stops the
 * stream.
 *
 * <p>The dead letters themselves are made by Kafka Streams: topic, partition, offset and message
 * are in the headers {@code __streams.errors.*}; of a record that came too late {@code
 * eddy.late.ms} too. Without a dead letter topic a bad record stops the stream, since going on
 * would lose it.
 */
public final class DeadLetters
    implements DeserializationExceptionHandler, ProcessingExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final LogAndContinueExceptionHandler undecodable = new LogAndContinueExceptionHandler();
  private final LogAndContinueProcessingExceptionHandler unusable =
      new LogAndContinueProcessingExceptionHandler();

  /** Setting: the topic of records that come too late; dead letters where it is not set. */
  private static final String LATE_TOPIC = "eddy.late.topic";

  private String topic;
  private String lateTopic;
  private long count;

  /** Kafka Streams' settings that send bad records to {@code topic}. */
  public static Map<String, Object> to(String topic) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, topic);
    settings.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.class.getName());
    settings.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.class.getName());
    return settings;
  }

  /** As above, but records that come too late go to a topic of their own. */
  public static Map<String, Object> to(String topic, String lateTopic) {
    Map<String, Object> settings = to(topic);
    settings.put(LATE_TOPIC, lateTopic);
    return settings;
  }

  @Override
  public void configure(Map<String, ?> settings) {
    undecodable.configure(settings);
    unusable.configure(settings);
    topic = (String) settings.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    lateTopic = (String) settings.get(LATE_TOPIC);
  }

  @Override
  public DeserializationExceptionHandler.Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    return goesOn(context, null, exception)
        ? undecodable.handleError(context, record, exception)
        : DeserializationExceptionHandler.Response.fail();
  }

  @Override
  public ProcessingExceptionHandler.Response handleError(
      ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
    Observation.Origin origin = Letter.origin(context, record);
    if (!goesOn(context, origin, exception)) {
      return ProcessingExceptionHandler.Response.fail();
    }
    BadRecordException fault = (BadRecordException) exception;
    boolean late = fault.lateMs().isPresent();
    if (late || origin != null) {
      String to = late && lateTopic != null ? lateTopic : topic;
      return ProcessingExceptionHandler.Response.resume(
          List.of(Letter.to(to, context, record, fault)));
    }
    return unusable.handleError(context, record, exception);
  }

  private static String place(ErrorHandlerContext context, Observation.Origin origin) {
    if (origin == Letter.NO_RECORD) {
      return "the end of a sequence";
    }
    return origin == null
        ? context.topic() + "-" + context.partition() + " offset " + context.offset()
        : origin.topic() + "-" + origin.partition() + " offset " + origin.offset();
  }

  private boolean goesOn(
      ErrorHandlerContext context, Observation.Origin origin, Exception exception) {
    if (!(exception instanceof BadRecordException)) {
      return false;
    }
    count++;
    if (count <= 5 || Long.toString(count).matches("10*")) {
      LOG.warn(
          "dead letter {} of this thread: {}: {}",
          count,
          place(context, origin),
          exception.getMessage());
    }
    return topic != null;
  }
}
