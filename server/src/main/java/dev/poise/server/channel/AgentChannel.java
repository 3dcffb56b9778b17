package dev.poise.server.channel;

import dev.poise.server.channel.ChannelStore.Stored;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Vault;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What agents know the control plane by, and where they find it.
 *
 * <p>An agent fetches private keys of tenants, so it must be sure whom it talks to, and an operator
 * must not need an authority for that. So the agents' port shows a certificate of its own, signed
 * by itself, made when a server first starts, and an agent is told the hash of its public key, the
 * pin, together with its join token. Nothing else of the certificate is looked at: neither a name
 * nor a date can be wrong, and no authority can vouch for somebody else.
 *
 * <p>All servers of one database show the same one: the first to start makes it, the others find
 * it. Its private key is encrypted with the master key; without a master key there is no agents'
 * port.
 */
@Component
public final class AgentChannel {
  /** What the vault binds the key to. */
  private static final String OWNER = "agent channel";

  private static final Pattern URL =
      Pattern.compile("https://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");

  private final ChannelStore store;
  private final Vault vault;
  private final InstantSource clock;
  private final String address;
  private final String url;
  private volatile Door door = new Door.Closed("The agents' port is not open yet.");

  /**
   * The channel.
   *
   * @param address where the agents' port listens
   * @param url where agents find it, if that is something else
   * @throws IllegalStateException if the URL cannot be one of it
   */
  AgentChannel(
      ChannelStore store,
      Vault vault,
      InstantSource clock,
      @Value("${poise.agent.address}") String address,
      @Value("${poise.agent.url}") String url) {
    this.store = store;
    this.vault = vault;
    this.clock = clock;
    this.address = address;
    this.url = url.strip().replaceFirst("/$", "");
    if (!url.isBlank() && !URL.matcher(this.url).matches()) {
      throw new IllegalStateException(
          "POISE_AGENT_URL must be like https://poise.example.com:9443, without a path; it is '"
              + url
              + "'.");
    }
  }

  /** Whether agents get in. */
  public sealed interface Door {
    /** The port is open. */
    record Open(ChannelCertificate certificate, int port) implements Door {}

    /** It is not, for a reason in a sentence. */
    record Closed(String why) implements Door {}
  }

  /**
   * Where agents find the control plane.
   *
   * @param pin of the certificate it shows
   */
  public record Entrance(String url, String pin) {}

  /**
   * The certificate of all servers; made if there is none yet.
   *
   * @throws Refusal.Unavailable if the server does not have the master key
   */
  public ChannelCertificate certificate() {
    // A server without any says so, whatever the key of the certificate is encrypted under.
    vault.masterKeyId();
    Optional<Stored> known = store.find();
    if (known.isEmpty()) {
      ChannelCertificate made = ChannelCertificate.make(clock.instant());
      store.insert(
          new Stored(made.pem(), vault.seal(OWNER, made.privateKeyText())), clock.instant());
    }
    Stored stored = known.or(store::find).orElseThrow();
    return ChannelCertificate.read(stored.certificate(), vault.open(OWNER, stored.privateKey()));
  }

  /** Notes whether agents get in. */
  public void now(Door state) {
    door = state;
  }

  public Door door() {
    return door;
  }

  /**
   * Where agents find this control plane.
   *
   * @throws Refusal.Unavailable if they do not find it, with the reason
   */
  public Entrance entrance() {
    return switch (door) {
      case Door.Closed(String why) -> throw new Refusal.Unavailable(why);
      case Door.Open(ChannelCertificate certificate, int port) ->
          new Entrance(url.isEmpty() ? urlOf(address, port) : url, certificate.pin());
    };
  }

  private static String urlOf(String address, int port) {
    if (address.matches("0\\.0\\.0\\.0|[:0]+")) {
      throw new Refusal.Unavailable(
          "The agents' port listens on all addresses of this machine, and agents need one. The"
              + " server's operator sets POISE_AGENT_URL.");
    }
    return "https://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }

  /** Puts the private key under the master key that encrypts now; says how many that were. */
  public int rewrap(Caller caller) {
    caller.requirePlatformAdmin();
    Optional<Stored> other =
        store.find().filter(it -> !it.privateKey().masterKeyId().equals(vault.masterKeyId()));
    other.ifPresent(it -> store.rewrap(vault.rewrap(OWNER, it.privateKey())));
    return other.isPresent() ? 1 : 0;
  }
}
