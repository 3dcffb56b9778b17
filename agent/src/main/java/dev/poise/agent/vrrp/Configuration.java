package dev.poise.agent.vrrp;

import dev.poise.agent.render.KeepalivedConfig;
import dev.poise.agent.render.Unrenderable;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Redundancy;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps keepalived's configuration what the manifest and the served addresses say.
 *
 * <p>An address that is missing is an outage, so a change is made within a few hundredths of a
 * second; a reload costs as much processor time with a thousand addresses, so changes that come
 * together are made together.
 *
 * <p>An agent that was restarted learns one after the other what its load balancers serve. Until it
 * knows all, it adds addresses and removes none.
 */
final class Configuration {
  private static final long GATHERING = Duration.ofMillis(15).toNanos();
  private static final long APART = Duration.ofMillis(50).toNanos();
  private static final long RETRY = Duration.ofSeconds(5).toNanos();

  private final Keepalived keepalived;
  private final KeepalivedProgram program;
  private final Addresses addresses;
  private final AtomicBoolean touched = new AtomicBoolean(true);
  private boolean complete;
  private long changedAt = System.nanoTime();
  private long madeAt = System.nanoTime() - RETRY;
  private boolean due = true;
  private Optional<String> refusal = Optional.empty();

  Configuration(Keepalived keepalived, KeepalivedProgram program, Addresses addresses) {
    this.keepalived = keepalived;
    this.program = program;
    this.addresses = addresses;
  }

  /** Something it follows from changed; may be called by any thread. */
  void touch() {
    touched.set(true);
  }

  /** Whether a change waits to be made. */
  boolean isWaiting() {
    return due;
  }

  /** Why the newest one cannot be had. */
  Optional<String> refusal() {
    return refusal;
  }

  /** Makes what is due. */
  void follow(Redundancy.Vrrp vrrp, Progress progress) throws IOException, InterruptedException {
    long now = System.nanoTime();
    boolean becameComplete = !complete && progress.isComplete();
    complete |= becameComplete;
    if (touched.getAndSet(false) || becameComplete) {
      if (!due) changedAt = now;
      due = true;
    }
    boolean retry = refusal.isPresent() && now - madeAt > RETRY;
    boolean ripe = due && now - changedAt >= GATHERING && now - madeAt >= APART;
    if (!ripe && !retry) return;
    due = false;
    refusal = make(vrrp);
    madeAt = System.nanoTime();
  }

  private Optional<String> make(Redundancy.Vrrp vrrp) throws IOException, InterruptedException {
    Set<IpAddress> all = new HashSet<>(addresses.all());
    if (!complete) {
      KeepalivedConfig.addressesIn(keepalived.configuration())
          .forEach(placed -> all.add(placed.address()));
    }
    try {
      String text = KeepalivedConfig.render(vrrp, all, keepalived.directory());
      return keepalived.configure(program, text);
    } catch (Unrenderable e) {
      return Optional.of(e.why());
    }
  }
}
