package dev.eddy.app;

import dev.eddy.app.demo.Demo;
import dev.eddy.app.demo.DemoResult;
import dev.eddy.app.demo.Findings;
import dev.eddy.app.demo.Findings.Finding;
import dev.eddy.app.demo.Findings.KindResult;
import dev.eddy.app.demo.PumpFleet;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The demo on a terminal: a line for each finding and a table at the end on standard output; on
 * standard error, where somebody watches, one line that says how far it is.
 */
final class DemoView implements Demo.Audience {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final long REFRESH_NS = 200_000_000L;

  private final Terminal terminal;
  private final Demo.Size size;
  private final Interruption interruption;
  private final PrintWriter out;
  private String shown = "";
  private long shownNs;

  DemoView(Terminal terminal, Demo.Size size, Interruption interruption) {
    this.terminal = terminal;
    this.size = size;
    this.interruption = interruption;
    this.out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
  }

  /** When asked to, or when nobody reads the output any more. */
  @Override
  public boolean leaves() {
    return interruption.isWished() || out.checkError();
  }

  @Override
  public void found(Finding finding) {
    show("");
    out.println(line(finding));
  }

  static String line(Finding finding) {
    Instant time = Demo.time(finding.tick());
    String what =
        finding
            .fault()
            .map(fault -> fault.kind() + " since tick " + fault.fromTick())
            .orElse("false alarm");
    return String.format(
        Locale.ROOT,
        "%s  tick %5d  %-8s  likelihood %.4f  %s",
        TIME.format(time),
        finding.tick(),
        PumpFleet.name(finding.pump()),
        finding.likelihood(),
        what);
  }

  @Override
  public void progress(long scores, Findings findings) {
    if (!terminal.interactive() || System.nanoTime() - shownNs < REFRESH_NS) {
      return;
    }
    shownNs = System.nanoTime();
    show(
        String.format(
            Locale.ROOT,
            "%,d of %,d readings scored, %d faults found, %d false alarms",
            scores,
            size.readings(),
            findings.found(),
            findings.falseAlarms()));
  }

  /** Puts one line in the place of the last. */
  private void show(String line) {
    if (terminal.interactive() && !line.equals(shown)) {
      String rest = " ".repeat(Math.max(0, shown.length() - line.length()));
      terminal.err().print("\r" + line + rest + (line.isEmpty() ? "\r" : ""));
      terminal.err().flush();
      shown = line;
    }
  }

  /** The end: how the faults fared, and what it took. */
  void result(DemoResult result) {
    show("");
    TextTable faults =
        new TextTable(List.of("fault", ">injected", ">found", ">median ticks to the alarm"));
    for (KindResult kind : result.findings().byKind()) {
      row(faults, kind);
    }
    row(faults, result.findings().total());
    TextTable run = new TextTable(List.of("", ">"));
    run.row("records", grouped(result.readings()));
    run.row("records per second", grouped(Math.round(result.scoresPerSecond())));
    run.row("scores", grouped(result.scores()));
    run.row("scores missing, twice or out of order", grouped(result.outOfSequence()));
    run.row("dead letters", grouped(result.deadLetters()));
    run.row("faults injected", grouped(result.findings().total().injected()));
    run.row("found", grouped(result.findings().found()));
    run.row("false alarms", grouped(result.findings().falseAlarms()));
    out.println();
    faults.print(out);
    run.print(out);
    out.flush();
  }

  private static void row(TextTable table, KindResult kind) {
    table.row(
        kind.kind(),
        grouped(kind.injected()),
        grouped(kind.found()),
        kind.medianDelay().map(delay -> String.format(Locale.ROOT, "%.1f", delay)).orElse("-"));
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
