package dev.eddy.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A block of keys in a YAML file. Whoever reads it asks for every key that it accepts, then calls
 * {@link #refuseOthers}.
 */
public final class YamlMap {
  private final YamlValue self;
  private final Map<String, YamlValue> values = new LinkedHashMap<>();
  private final Set<String> accepted = new LinkedHashSet<>();

  YamlMap(YamlValue self, MappingNode mapping) {
    this.self = self;
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw self.error("a key must be a word");
      }
      YamlValue value = self.child(tuple.getValueNode(), key.getValue());
      if (values.put(key.getValue(), value) != null) {
        throw value.error("this key stands here twice");
      }
    }
  }

  /** The value of this block. */
  public YamlValue self() {
    return self;
  }

  /** The value of a key; empty where the key is missing or nothing is written behind it. */
  public Optional<YamlValue> find(String key) {
    accepted.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isNull());
  }

  /** The value of a key that is not accepted, to say why; empty where it is missing. */
  Optional<YamlValue> peek(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isNull());
  }

  /** The value of a key that must be there. */
  public YamlValue get(String key) {
    return find(key).orElseThrow(() -> self.error("the key \"" + key + "\" is missing"));
  }

  /** All keys, for blocks whose keys are the user's; they count as accepted. */
  public Map<String, YamlValue> all() {
    accepted.addAll(values.keySet());
    return new LinkedHashMap<>(values);
  }

  public String string(String key, String otherwise) {
    return find(key).map(YamlValue::asString).orElse(otherwise);
  }

  public int integer(String key, int min, int max, int otherwise) {
    return find(key).map(value -> value.asInt(min, max)).orElse(otherwise);
  }

  public boolean bool(String key, boolean otherwise) {
    return find(key).map(YamlValue::asBoolean).orElse(otherwise);
  }

  /**
   * Refuses keys that nobody has asked for.
   *
   * @throws YamlException naming the key and those accepted
   */
  public void refuseOthers() {
    for (Map.Entry<String, YamlValue> entry : values.entrySet()) {
      if (!accepted.contains(entry.getKey())) {
        throw entry.getValue().error("unknown key; accepted here: " + String.join(", ", accepted));
      }
    }
  }
}
