package dev.eddy.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.demo.PumpFleet.Fault;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PumpFleetTest {
  @Test
  void shouldWriteTheReadingsThatItGives() throws IOException {
    StringBuilder csv = new StringBuilder();
    new PumpFleet(3, 5).writeCsv(csv, 4);
    List<String> lines = csv.toString().lines().toList();
    assertThat(lines).hasSize(1 + 3 * 4);
    assertThat(lines.get(0)).isEqualTo("tick,pump,vibration,pressure,flow,temperature,current");

    PumpFleet fleet = new PumpFleet(3, 5);
    for (int row = 0; row < 3 * 4; row++) {
      long tick = row % 3 == 0 ? fleet.advance() : row / 3;
      StringBuilder expected = new StringBuilder().append(tick).append(",pump-00").append(row % 3);
      for (int channel = 0; channel < PumpFleet.CHANNELS.size(); channel++) {
        expected.append(',').append(fleet.value(row % 3, channel));
      }
      assertThat(lines.get(1 + row)).isEqualTo(expected.toString());
    }
  }

  @Test
  void shouldGiveAPumpTheSameReadingsInAnyFleet() {
    PumpFleet one = new PumpFleet(1, 7);
    PumpFleet many = new PumpFleet(20, 7);
    for (int tick = 0; tick < 1000; tick++) {
      one.advance();
      many.advance();
      assertThat(many.value(0, 2)).isEqualTo(one.value(0, 2));
    }
  }

  @Test
  void shouldDifferFromItsHealthyTwinInItsFaultsOnly() {
    int pumps = 20;
    PumpFleet faulty = new PumpFleet(pumps, 3);
    PumpFleet healthy = new PumpFleet(pumps, 3, 0);
    List<Fault> faults = faulty.faultsBefore(3000);
    assertThat(faults).isNotEmpty();
    assertThat(healthy.faultsBefore(3000)).isEmpty();
    for (long tick = 0; tick < 3000; tick++) {
      faulty.advance();
      healthy.advance();
      for (int pump = 0; pump < pumps; pump++) {
        if (!isFaulty(faults, pump, tick)) {
          for (int channel = 0; channel < PumpFleet.CHANNELS.size(); channel++) {
            assertThat(faulty.value(pump, channel)).isEqualTo(healthy.value(pump, channel));
          }
        }
      }
    }
  }

  @Test
  void shouldListTheFaultsAsTheyAreGiven() throws IOException {
    PumpFleet fleet = new PumpFleet(30, 2);
    StringBuilder csv = new StringBuilder();
    fleet.writeFaultsCsv(csv, 2000);
    Fault first = fleet.faultsBefore(2000).get(0);
    assertThat(first.fromTick()).isGreaterThanOrEqualTo(PumpFleet.HEALTHY_TICKS);
    assertThat(csv.toString().lines().toList())
        .hasSize(1 + fleet.faultsBefore(2000).size())
        .startsWith(
            "pump,kind,from,to",
            PumpFleet.name(first.pump())
                + ","
                + first.kind()
                + ","
                + first.fromTick()
                + ","
                + first.toTick());
  }

  private static boolean isFaulty(List<Fault> faults, int pump, long tick) {
    return faults.stream()
        .anyMatch(f -> f.pump() == pump && f.fromTick() <= tick && tick < f.toTick());
  }
}
