package dev.eddy.avro;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;

/**
 * A path, resolved against one schema.
 *
 * <p>Positions are looked up once for every record schema that the path can meet there, so that a
 * read is a few array accesses. A record of a schema that wasn't foreseen is looked up by name.
 * Immutable.
 */
final class FieldAccess {
  /** What a path found instead of a value; reads on after {@code field "x": }. */
  record Fault(String found) {}

  private static final Fault NULL = new Fault("is null");
  private static final int MISSING = -1;

  private final FieldPath path;
  private final FieldPath.Step[] steps;
  private final Utf8[] keys; // [step], null for an index
  private final Schema[][] schemas; // [step][records met there]
  private final int[][] positions; // [step][records met there], MISSING where it has no such field
  private final List<Schema> targets;

  FieldAccess(FieldPath path, Schema root) {
    this.path = path;
    this.steps = path.steps().toArray(new FieldPath.Step[0]);
    this.keys = new Utf8[steps.length];
    this.schemas = new Schema[steps.length][];
    this.positions = new int[steps.length][];
    List<Schema> here = branches(root);
    for (int s = 0; s < steps.length; s++) {
      here = resolve(s, here);
    }
    this.targets = List.copyOf(here);
  }

  private List<Schema> resolve(int s, List<Schema> here) {
    String name = steps[s].name();
    keys[s] = name == null ? null : new Utf8(name);
    List<Schema> records = new ArrayList<>();
    List<Integer> found = new ArrayList<>();
    List<Schema> next = new ArrayList<>();
    for (Schema schema : here) {
      if (name == null && schema.getType() == Schema.Type.ARRAY) {
        next.addAll(branches(schema.getElementType()));
      } else if (name != null && schema.getType() == Schema.Type.MAP) {
        next.addAll(branches(schema.getValueType()));
      } else if (name != null && schema.getType() == Schema.Type.RECORD) {
        Schema.Field field = schema.getField(name);
        records.add(schema);
        found.add(field == null ? MISSING : field.pos());
        if (field != null) {
          next.addAll(branches(field.schema()));
        }
      }
    }
    schemas[s] = records.toArray(new Schema[0]);
    positions[s] = found.stream().mapToInt(Integer::intValue).toArray();
    return next;
  }

  private static List<Schema> branches(Schema schema) {
    return schema.isUnion() ? schema.getTypes() : List.of(schema);
  }

  /** The schemas, unions taken apart, that a value at the end of the path can have. */
  List<Schema> targets() {
    return targets;
  }

  /** The value, never null, or a {@link Fault}. */
  Object get(IndexedRecord record) {
    Object value = record;
    for (int s = 0; s < steps.length; s++) {
      value = step(s, value);
      if (value instanceof Fault) {
        return value;
      }
    }
    return value == null ? NULL : value;
  }

  private Object step(int s, Object value) {
    FieldPath.Step step = steps[s];
    if (step.name() == null) {
      if (value instanceof List<?> array) {
        return step.index() < array.size()
            ? array.get(step.index())
            : fault(s, "has " + array.size() + " elements, so none at [" + step.index() + "]");
      }
      return fault(s, "is " + Quoted.value(value) + ", not an array");
    }
    if (value instanceof IndexedRecord record) {
      int position = position(s, record.getSchema());
      return position == MISSING
          ? new Fault("is missing in record \"" + record.getSchema().getName() + "\"")
          : record.get(position);
    }
    if (value instanceof Map<?, ?> map) {
      Object found = map.get(keys[s]);
      return found == null ? map.get(step.name()) : found;
    }
    return fault(s, "is " + Quoted.value(value) + ", not a record");
  }

  private int position(int s, Schema schema) {
    Schema[] known = schemas[s];
    for (int i = 0; i < known.length; i++) {
      if (known[i] == schema) {
        return positions[s][i];
      }
    }
    Schema.Field field = schema.getField(steps[s].name());
    return field == null ? MISSING : field.pos();
  }

  private Fault fault(int s, String found) {
    return new Fault("is missing: \"" + path.prefix(s) + "\" " + found);
  }
}
