package dev.eddy.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.demo.Findings.Finding;
import dev.eddy.app.demo.Findings.KindResult;
import dev.eddy.app.demo.PumpFleet.Fault;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final Fault WEAR = new Fault(0, "bearing wear", 100, 200);
  private static final Fault LEAK = new Fault(0, "seal leak", 300, 400);
  private static final Fault OTHERS = new Fault(1, "seal leak", 150, 250);

  private final Findings findings = new Findings(List.of(WEAR, OTHERS, LEAK), 0.995);

  @Test
  void shouldFindAFaultByItsFirstAlarmOnly() {
    assertThat(findings.score(0, 100, 0.995)).isEmpty();
    assertThat(findings.score(0, 105, 0.996)).contains(finding(0, 105, WEAR));
    assertThat(findings.score(0, 106, 0.996)).isEmpty();
    assertThat(findings.score(0, 150, 0.996)).isEmpty();
    assertThat(findings.found()).isEqualTo(1);
    assertThat(findings.falseAlarms()).isZero();
  }

  @Test
  void shouldCountAnAlarmFromTheFirstTickToTheEndOfTheTail() {
    assertThat(findings.score(0, 99, 0.996)).contains(falseAlarm(0, 99));
    assertThat(findings.score(0, 100, 0.996)).contains(finding(0, 100, WEAR));
    assertThat(findings.score(1, 250 + Findings.TAIL_TICKS - 1, 0.996))
        .contains(finding(1, 269, OTHERS));
    assertThat(findings.score(1, 250 + Findings.TAIL_TICKS, 0.996)).contains(falseAlarm(1, 270));
  }

  @Test
  void shouldTellAFalseAlarmOnceUntilItPauses() {
    assertThat(findings.score(2, 10, 0.996)).contains(falseAlarm(2, 10));
    assertThat(findings.score(2, 11, 0.996)).isEmpty();
    assertThat(findings.score(3, 12, 0.996)).contains(falseAlarm(3, 12));
    assertThat(findings.score(2, 12, 0.996)).isEmpty();
    assertThat(findings.score(2, 14, 0.996)).contains(falseAlarm(2, 14));
    assertThat(findings.falseAlarms()).isEqualTo(3);
  }

  @Test
  void shouldTakeAnotherPumpsFaultForNoExcuse() {
    assertThat(findings.score(2, 160, 0.996)).contains(falseAlarm(2, 160));
  }

  @Test
  void shouldTakeNoNumberForNoAlarm() {
    assertThat(findings.score(0, 100, Double.NaN)).isEmpty();
  }

  @Test
  void shouldCountDelaysInReadingsOfTheFault() {
    findings.score(0, 300, 0.996); // the first reading of a fault
    findings.score(1, 159, 0.996); // the tenth
    assertThat(findings.byKind())
        .containsExactly(
            new KindResult("bearing wear", 1, 0, Optional.empty()),
            new KindResult("seal leak", 2, 2, Optional.of(5.5)));
    assertThat(findings.total()).isEqualTo(new KindResult("all", 3, 2, Optional.of(5.5)));
  }

  private static Finding finding(int pump, long tick, Fault fault) {
    return new Finding(pump, tick, 0.996, Optional.of(fault));
  }

  private static Finding falseAlarm(int pump, long tick) {
    return new Finding(pump, tick, 0.996, Optional.empty());
  }
}
