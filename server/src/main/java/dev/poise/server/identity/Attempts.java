package dev.poise.server.identity;

import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Keeps people from trying out passwords, codes and tokens.
 *
 * <p>An attempt is counted before anything is looked at, so a thousand at once are a thousand; the
 * count is in the database, so it does not help to ask several servers, and it must not be part of
 * a transaction that ends with the refusal. There is a count for the name and one for the source
 * address, and an unknown name is counted like a known one. What succeeds is not counted: many
 * people may come through one address. An IPv6 address counts as its /64, which is what one person
 * gets.
 */
@Component
public class Attempts {
  private final AttemptStore store;
  private final InstantSource clock;
  private final int mostForName;
  private final int mostForAddress;
  private final Duration window;

  Attempts(
      AttemptStore store,
      InstantSource clock,
      @Value("${poise.sign-in.attempts-per-name}") int mostForName,
      @Value("${poise.sign-in.attempts-per-address}") int mostForAddress,
      @Value("${poise.sign-in.attempts-window}") Duration window) {
    this.store = store;
    this.clock = clock;
    this.mostForName = mostForName;
    this.mostForAddress = mostForAddress;
    this.window = window;
  }

  /**
   * Counts an attempt from an address.
   *
   * @throws Refusal.RateLimited if there were too many
   */
  public void count(Origin origin) {
    count(ofAddress(origin), mostForAddress);
  }

  /**
   * Counts an attempt for a name from an address.
   *
   * @throws Refusal.RateLimited if there were too many of one or the other
   */
  void count(String name, Origin origin) {
    count(origin);
    count(ofName(name), mostForName);
  }

  /** The last attempt from that address was a right one. */
  public void succeeded(Origin origin) {
    store.takeBack(ofAddress(origin));
  }

  /** The last attempt for that name was a right one. */
  void succeeded(String name, Origin origin) {
    succeeded(origin);
    store.clear(ofName(name));
  }

  private void count(String subject, int most) {
    Instant now = clock.instant();
    store.forget(now);
    AttemptStore.Count count = store.add(subject, now, now.plus(window));
    if (count.attempts() > most)
      throw new Refusal.RateLimited(Duration.between(now, count.endTime()));
  }

  private static String ofName(String name) {
    return "name " + hash(name.toLowerCase(Locale.ROOT));
  }

  private static String ofAddress(Origin origin) {
    return "address " + hash(network(origin.address()));
  }

  private static String network(String address) {
    try {
      byte[] bytes = InetAddress.ofLiteral(address).getAddress();
      return HexFormat.of().formatHex(bytes.length == 16 ? Arrays.copyOf(bytes, 8) : bytes);
    } catch (IllegalArgumentException _) {
      return address;
    }
  }

  private static String hash(String text) {
    return HexFormat.of().formatHex(new Secret(text).hash());
  }
}
