package dev.poise.agent.support;

import dev.poise.agent.render.DigestedSpec;
import dev.poise.spec.AddressRange;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.Home;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.RequestHeaders;
import dev.poise.spec.RuleSpec;
import dev.poise.spec.Sources;
import dev.poise.spec.SpecJson;
import dev.poise.spec.StatusCodes;
import dev.poise.spec.Tls;
import dev.poise.spec.VpcId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A load balancer under test: one pool, and what the test changes about it. */
public final class Specs {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** The address of every listener. */
  public final IpAddress vip;

  /** The load balancer. */
  public final LoadBalancerId id = LoadBalancerId.generate(NOW);

  /** The pool of every listener. */
  public final PoolId pool = PoolId.generate(NOW);

  private final List<ListenerSpec> listeners = new ArrayList<>();
  private final List<MemberSpec> members = new ArrayList<>();
  private final List<IpAddress> vips = new ArrayList<>();
  private Algorithm algorithm = Algorithm.WEIGHTED_ROUND_ROBIN;
  private HealthCheck check = portCheck();
  private Persistence persistence = new Persistence.Off();
  private Sources pingSources = new Sources.Anyone();
  private Home home = new Home.Node();
  private long generation;

  /** At a loopback address. */
  public Specs() {
    this(Loopback.next());
  }

  /** At an address. */
  public Specs(IpAddress vip) {
    this.vip = vip;
    vips.add(vip);
  }

  /** Has another address. */
  public Specs vip(IpAddress another) {
    vips.add(another);
    return this;
  }

  private static HealthCheck portCheck() {
    return new HealthCheck.Port(new HealthCheck.Timing(1, 1, 2, 2));
  }

  /** The headers that tell all there is to tell. */
  public static final RequestHeaders HEADERS =
      new RequestHeaders(
          RequestHeaders.ForwardedFor.REPLACE, true, true, true, new RequestHeaders.Host.Client());

  /** What most HTTP listeners under test have in common. */
  public static HttpOptions options(RuleSpec... rules) {
    return new HttpOptions(30, 30, HEADERS, List.of(rules));
  }

  /** Adds an HTTP listener. */
  public Specs http(int port, RuleSpec... rules) {
    return listener(port, new Protocol.Http(options(rules), new HttpsRedirect.Off()));
  }

  /** Adds an HTTPS listener. */
  public Specs https(int port, Tls tls, RuleSpec... rules) {
    return listener(port, new Protocol.Https(options(rules), tls));
  }

  /** Adds a TCP listener. */
  public Specs tcp(int port) {
    return listener(port, new Protocol.Tcp(60, ProxyProtocol.NONE));
  }

  /** Adds a UDP listener. */
  public Specs udp(int port, int sessionTimeoutSeconds) {
    return listener(port, new Protocol.Udp(sessionTimeoutSeconds));
  }

  /** Gives the first listener, which speaks HTTP, another time without traffic. */
  public Specs idle(int seconds) {
    ListenerSpec old = listeners.getFirst();
    HttpOptions options = new HttpOptions(seconds, 30, HEADERS, List.of());
    listeners.set(
        0,
        new ListenerSpec(
            old.id(),
            old.port(),
            new Protocol.Http(options, new HttpsRedirect.Off()),
            old.connectionLimit(),
            old.sources(),
            old.defaultPool()));
    return this;
  }

  /** Lets only these clients reach a listener. */
  public Specs sources(int index, Sources sources) {
    ListenerSpec old = listeners.get(index);
    listeners.set(
        index,
        new ListenerSpec(
            old.id(),
            old.port(),
            old.protocol(),
            old.connectionLimit(),
            sources,
            old.defaultPool()));
    return this;
  }

  /** Lets only these clients ping the address. */
  public Specs pingSources(Sources sources) {
    pingSources = sources;
    return this;
  }

  /** Removes a member. */
  public Specs without(int index) {
    members.remove(index);
    return this;
  }

  /** Adds a listener without a limit. */
  public Specs listener(int port, Protocol protocol) {
    return listener(port, protocol, new ConnectionLimit.Unlimited());
  }

  /** Adds a listener. */
  public Specs listener(int port, Protocol protocol, ConnectionLimit limit) {
    listeners.add(
        new ListenerSpec(
            ListenerId.generate(NOW), port, protocol, limit, new Sources.Anyone(), pool));
    return this;
  }

  /** Gives a listener another protocol, or the same with other options. */
  public Specs change(int index, Protocol protocol) {
    ListenerSpec old = listeners.get(index);
    listeners.set(
        index,
        new ListenerSpec(
            old.id(),
            old.port(),
            protocol,
            old.connectionLimit(),
            old.sources(),
            old.defaultPool()));
    return this;
  }

  /** Lets only these clients in. */
  public Specs only(int index, String... ranges) {
    return sources(index, new Sources.Only(Arrays.stream(ranges).map(AddressRange::new).toList()));
  }

  /** Removes the listeners. */
  public Specs withoutListeners() {
    listeners.clear();
    return this;
  }

  /** Adds an enabled member of weight 1. */
  public Specs member(IpAddress address, int port) {
    members.add(
        new MemberSpec(
            MemberId.generate(NOW), members.size() + 1, address, port, 1, MemberMode.ENABLED));
    return this;
  }

  /** Adds a member that is there. */
  public Specs member(Backend backend) {
    return member(backend.address(), backend.port());
  }

  /** Changes a member's weight. */
  public Specs weight(int index, int weight) {
    MemberSpec old = members.get(index);
    return replace(
        index,
        new MemberSpec(old.id(), old.number(), old.address(), old.port(), weight, old.mode()));
  }

  /** Changes a member's mode. */
  public Specs mode(int index, MemberMode mode) {
    MemberSpec old = members.get(index);
    return replace(
        index,
        new MemberSpec(old.id(), old.number(), old.address(), old.port(), old.weight(), mode));
  }

  private Specs replace(int index, MemberSpec member) {
    members.set(index, member);
    return this;
  }

  /** Chooses members another way. */
  public Specs algorithm(Algorithm other) {
    algorithm = other;
    return this;
  }

  /** Keeps clients where they are. */
  public Specs persistence(Persistence other) {
    persistence = other;
    return this;
  }

  /** Checks members by a request. */
  public Specs httpCheck(String path) {
    check =
        new HealthCheck.Http(
            new HealthCheck.Timing(1, 1, 2, 2),
            HealthCheck.Method.GET,
            path,
            new HealthCheck.Host.Member(),
            new StatusCodes("200-399"));
    return this;
  }

  /** Checks members in another rhythm. */
  public Specs portCheck(int intervalSeconds, int rise, int fall) {
    check = new HealthCheck.Port(new HealthCheck.Timing(intervalSeconds, 1, rise, fall));
    return this;
  }

  /** Lives in the network of a VPC, and is reached at these addresses of the node too. */
  public Specs in(VpcId vpc, IpAddress... atEdge) {
    home = new Home.Vpc(vpc, List.of(atEdge));
    return this;
  }

  private List<IpAddress> vips() {
    return switch (home) {
      case Home.Node() -> vips;
      case Home.Vpc(var vpc, var atEdge) -> Stream.concat(vips.stream(), atEdge.stream()).toList();
    };
  }

  /** A member. */
  public MemberSpec member(int index) {
    return members.get(index);
  }

  /** A listener. */
  public ListenerSpec listener(int index) {
    return listeners.get(index);
  }

  /** The next generation, as it is now. */
  public LoadBalancerSpec next() {
    generation++;
    return new LoadBalancerSpec(
        id,
        generation,
        home,
        vips(),
        pingSources,
        listeners,
        List.of(new PoolSpec(pool, algorithm, persistence, check, members)));
  }

  /** The next generation with its digest. */
  public DigestedSpec digested() {
    LoadBalancerSpec spec = next();
    return new DigestedSpec(spec, SpecJson.digest(SpecJson.write(spec)));
  }
}
