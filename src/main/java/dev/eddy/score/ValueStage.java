package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.ArrayList;
import java.util.List;

/** The output frame as it is: a column a value. Those of a channel's name are in its unit. */
public final class ValueStage implements Stage {
  private final List<String> outputs;
  private final int[] channels; // [output] the input value of the same name, -1 for none
  private final boolean plain;

  /**
   * @param channels for each output the input value whose unit it has, -1 for none; not copied
   */
  public ValueStage(List<String> outputs, int[] channels) {
    this.outputs = List.copyOf(outputs);
    this.channels = channels;
    boolean any = false;
    for (int channel : channels) {
      any |= channel >= 0;
    }
    this.plain = !any;
  }

  @Override
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (String output : outputs) {
      columns.add(Column.of(output, Column.Type.FLOAT, "output of the model"));
    }
    return columns;
  }

  @Override
  public String owner() {
    return "values";
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    if (plain) {
      row.setFloats(column, moment.output, moment.outputAt, channels.length);
      return;
    }
    for (int i = 0; i < channels.length; i++) {
      float value = moment.output[moment.outputAt + i];
      row.setFloat(
          column + i, channels[i] < 0 ? value : (float) moment.unscaled(value, channels[i]));
    }
  }
}
