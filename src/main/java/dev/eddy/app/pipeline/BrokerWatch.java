package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.Terminal;
import java.time.Duration;

/** Tells, once a minute, of a broker that doesn't answer, and once when it does again. */
final class BrokerWatch {
  private static final long EVERY_NS = Duration.ofSeconds(20).toNanos();
  private static final long TELL_NS = Duration.ofMinutes(1).toNanos();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Clients clients;
  private final Site site;
  private final Terminal terminal;
  private long lookedNs = System.nanoTime();
  private long toldNs;
  private long lostNs;
  private boolean lost;

  BrokerWatch(Clients clients, Site site, Terminal terminal) {
    this.clients = clients;
    this.site = site;
    this.terminal = terminal;
  }

  /** Called often; looks now and then. */
  void look() {
    long nowNs = System.nanoTime();
    if (nowNs - lookedNs < EVERY_NS) {
      return;
    }
    boolean answers = clients.answers(PATIENCE);
    lookedNs = System.nanoTime();
    if (clients.isStopped()) {
      return; // it may have had no time to answer
    }
    if (answers && lost) {
      terminal.err().println("the broker at " + site.bootstrapServers() + " answers again");
    } else if (!answers && (!lost || lookedNs - toldNs > TELL_NS)) {
      lostNs = lost ? lostNs : nowNs;
      toldNs = lookedNs;
      terminal
          .err()
          .println(
              "no broker answers at "
                  + site.bootstrapServers()
                  + " for "
                  + Duration.ofNanos(lookedNs - lostNs).toSeconds()
                  + " s; still trying");
    }
    lost = !answers;
  }
}
