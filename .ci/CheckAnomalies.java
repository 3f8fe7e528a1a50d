import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Checks scores against the labelled windows of a recording: SCORES.csv LABELS.json RECORDING THRESHOLD WINDOWS
 * SHARE. At least WINDOWS of them must hold a likelihood above THRESHOLD, and less than SHARE of the readings
 * outside all of them may.
 */
class CheckAnomalies {
  public static void main(String[] args) throws Exception {
    JsonNode windows = new ObjectMapper().readTree(Path.of(args[1]).toFile()).get(args[2]);
    double threshold = Double.parseDouble(args[3]);
    List<String> rows = Files.readAllLines(Path.of(args[0]));
    List<String> columns = List.of(rows.get(0).split(","));
    int[] found = new int[windows.size()];
    int outside = 0;
    int alarms = 0;
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",", -1);
      String time = cells[columns.indexOf("time")]; // sorts as text
      boolean alarm =
          Double.parseDouble(cells[columns.indexOf("anomaly_likelihood")]) > threshold;
      boolean inside = false;
      for (int i = 0; i < found.length; i++) {
        String begin = windows.get(i).get(0).asText().substring(0, 19);
        String end = windows.get(i).get(1).asText().substring(0, 19);
        if (time.compareTo(begin) >= 0 && time.compareTo(end) <= 0) {
          inside = true;
          found[i] += alarm ? 1 : 0;
        }
      }
      outside += inside ? 0 : 1;
      alarms += !inside && alarm ? 1 : 0;
    }
    System.out.printf(
        "%d rows, alarms in each window %s, %d of %d outside (%.3f%%)%n",
        rows.size() - 1, Arrays.toString(found), alarms, outside, 100.0 * alarms / outside);
    long windowsFound = Arrays.stream(found).filter(n -> n > 0).count();
    if (windowsFound < Integer.parseInt(args[4])
        || alarms >= Double.parseDouble(args[5]) * outside) {
      System.err.println("too few windows found, or too many alarms outside");
      System.exit(1);
    }
  }
}
