package dev.poise.agent.vrrp;

import dev.poise.agent.engine.KernelAccess;
import dev.poise.agent.kernel.NonlocalBind;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.render.Unrenderable;
import dev.poise.agent.vrrp.Candidacy.Circumstances;
import dev.poise.agent.vrrp.Candidacy.Standing;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the addresses of load balancers with the other nodes of the cluster, by keepalived.
 *
 * <p>keepalived moves the addresses and agrees with the other nodes; it goes on when the agent is
 * away. The agent gives it the addresses, says whether the node stands for primary, starts it again
 * when it died, and hears what it became. All of that happens on one thread that looks 20 times a
 * second, and at once when something is announced, so that nothing overlaps: a reload, a start, a
 * change of role.
 *
 * <p>Whatever fails here is tried again, and is told to the server as a problem of the node. A
 * keepalived that runs is never stopped because of it, only when the cluster does not move
 * addresses any more.
 */
public final class Vrrp {
  private static final Logger log = LoggerFactory.getLogger(Vrrp.class);
  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration SOON = Duration.ofMillis(5);
  private static final long ROUND = Duration.ofSeconds(10).toNanos();
  private static final long STARTING = Duration.ofSeconds(1).toNanos();
  private static final long SHORT_LIFE = Duration.ofSeconds(2).toNanos();

  private final VrrpAccess access;
  private final KernelAccess kernel;
  private final Keepalived keepalived;
  private final Candidacy candidacy;
  private final Soundness soundness;
  private final Addresses addresses;
  private final Roles roles;
  private final Problems problems;
  private final InstantSource clock;
  private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private @Nullable Configuration configuration;
  private volatile @Nullable Redundancy wish;
  private volatile List<String> broken = List.of();
  private @Nullable Redundancy done;
  private @Nullable Thread listener;
  private Standing standing = new Standing.Stands();
  private boolean everStarted;
  private long startedAt = System.nanoTime() - SHORT_LIFE;
  private long askedAt = System.nanoTime() - STARTING;
  private long roundAt = System.nanoTime() - ROUND;
  private String logged = "";

  private sealed interface News {
    record Announced(Role role) implements News {}

    record Nudge() implements News {}
  }

  public Vrrp(
      NodeId node,
      NodeSettings settings,
      VrrpAccess access,
      KernelAccess kernel,
      ReportBoard board,
      InstantSource clock) {
    this.access = access;
    this.kernel = kernel;
    this.clock = clock;
    keepalived = Keepalived.in(settings.runDirectory());
    Path data = settings.dataDirectory();
    candidacy = new Candidacy(node, new SeenHandover(data));
    soundness = new Soundness(kernel, data, board);
    addresses = new Addresses(this::touch);
    roles = new Roles(board, clock);
    problems = new Problems(board);
    if (access instanceof VrrpAccess.Granted(var program)) {
      configuration = new Configuration(keepalived, program, addresses);
    }
  }

  /** Whoever serves a load balancer puts its addresses here. */
  public Addresses addresses() {
    return addresses;
  }

  /** Tells somebody of every change of role; to be called before it runs. */
  public void follow(RoleListener listener) {
    roles.follow(listener);
  }

  /** How addresses are shared from now on. When this returns, processes can listen at them. */
  public void obey(Redundancy newest) {
    if (newest.equals(wish)) return;
    if (newest instanceof Redundancy.Vrrp) problems.set("bind", NonlocalBind.allow());
    wish = newest;
    touch();
  }

  private void touch() {
    Configuration current = configuration;
    if (current != null) current.touch();
    news.add(new News.Nudge());
  }

  /** Looks after it until interrupted; keepalived stays. */
  public void run(Progress progress) {
    try {
      while (true) {
        boolean waiting = configuration != null && configuration.isWaiting();
        News first = news.poll((waiting ? SOON : TICK).toMillis(), TimeUnit.MILLISECONDS);
        step(first, progress);
      }
    } catch (InterruptedException e) {
      log.debug("lets go of keepalived", e);
    } finally {
      if (listener != null) listener.interrupt();
    }
  }

  private void begin() throws IOException {
    if (listener != null) return;
    keepalived.prepare();
    Announcements announcements =
        Announcements.open(keepalived.fifo(), role -> news.add(new News.Announced(role)));
    listener = Thread.ofPlatform().daemon().name("keepalived").start(announcements);
    everStarted = keepalived.adopt();
  }

  private void step(@Nullable News first, Progress progress) throws InterruptedException {
    try {
      Redundancy now = wish;
      if (now == null) return;
      switch (now) {
        case Redundancy.None none -> standAside(none);
        case Redundancy.Vrrp vrrp -> {
          follow(vrrp, first, progress);
          done = vrrp;
        }
      }
      if (!logged.isEmpty()) problems.set("agent", Optional.empty());
      logged = "";
    } catch (IOException | RuntimeException e) {
      if (Thread.interrupted()) throw new InterruptedException();
      if (!logged.equals(e.toString())) log.error("looking after keepalived failed", e);
      logged = e.toString();
      problems.set("agent", Optional.of("looking after keepalived fails; see the agent's log"));
    }
  }

  private void standAside(Redundancy.None none) throws IOException, InterruptedException {
    if (none.equals(done)) return;
    if (keepalived.stop()) log.warn("stopped keepalived: nodes do not move addresses any more");
    if (kernel instanceof KernelAccess.Granted granted) granted.kernel().guard(Set.of());
    problems.clear();
    roles.become(Role.NONE, "nodes of this cluster do not move addresses");
    done = none;
  }

  private void follow(Redundancy.Vrrp vrrp, @Nullable News first, Progress progress)
      throws IOException, InterruptedException {
    if (!(access instanceof VrrpAccess.Granted(KeepalivedProgram program))) {
      String why = access instanceof VrrpAccess.Missing(String missing) ? missing : "";
      problems.set("program", Optional.of("this node cannot move addresses: " + why));
      roles.become(Role.FAULT, why);
      return;
    }
    begin();
    hear(first, vrrp);
    boolean alive = keepalived.isAlive();
    if (alive && roles.current() == Role.UNKNOWN) ask();
    if (!alive && !everStarted) candidacy.startsCold(clock.instant());
    everStarted = true;
    standing =
        candidacy.decide(
            vrrp,
            new Circumstances(roles.current(), progress.isCaughtUp(), broken, clock.instant()));
    keepalived.stand(standing instanceof Standing.Stands);
    roles.note(standing);
    Configuration wanted = configuration;
    if (wanted != null && !isStarting(alive)) {
      wanted.follow(vrrp, progress);
      problems.set("configuration", wanted.refusal());
      if (!alive && !wanted.isWaiting()) revive(program);
    }
    round(vrrp);
  }

  /** After an agent's start, and if an announcement was missed. */
  private void ask() throws InterruptedException {
    long now = System.nanoTime();
    if (now - startedAt < STARTING || now - askedAt < STARTING) return;
    askedAt = now;
    roles.adopted(keepalived);
  }

  /** A signal that comes before it is prepared for it would end it. */
  private boolean isStarting(boolean alive) {
    boolean young = System.nanoTime() - startedAt < STARTING;
    return alive && young && roles.current() == Role.UNKNOWN;
  }

  /** At once, unless it did not live long. */
  private void revive(KeepalivedProgram program) throws IOException, InterruptedException {
    long lived = System.nanoTime() - startedAt;
    if (lived < SHORT_LIFE || keepalived.configuration().isEmpty()) return;
    log.info("starts keepalived; the last words of the one before: {}", keepalived.lastWords());
    roles.started();
    keepalived.start(program);
    startedAt = System.nanoTime();
  }

  private void hear(@Nullable News first, Redundancy.Vrrp vrrp)
      throws IOException, InterruptedException {
    for (News next = first; next != null; next = news.poll()) {
      switch (next) {
        case News.Announced(Role role) -> roles.announced(role, vrrp, standing, keepalived);
        case News.Nudge() -> {}
      }
    }
  }

  /** What is looked at from time to time only. */
  private void round(Redundancy.Vrrp vrrp) throws IOException {
    boolean due = System.nanoTime() - roundAt >= ROUND;
    if (!due && vrrp.equals(done)) return;
    roundAt = System.nanoTime();
    problems.set("bind", NonlocalBind.allow());
    problems.set("guard", guard(vrrp));
    boolean lives = keepalived.isAlive() || keepalived.configuration().isEmpty();
    problems.set(
        "process",
        lives
            ? Optional.empty()
            : Optional.of("keepalived does not stay alive: " + keepalived.lastWords()));
    keepalived.shortenLog();
    // Programs that hang must not keep the role from being followed.
    if (looking.compareAndSet(false, true)) Thread.ofVirtual().start(this::look);
  }

  private Optional<String> guard(Redundancy.Vrrp vrrp) {
    return switch (kernel) {
      case KernelAccess.Granted granted -> {
        try {
          granted.kernel().guard(NodeRules.guard(vrrp));
          yield Optional.empty();
        } catch (IOException e) {
          yield Optional.of("strangers' VRRP is not kept out: " + e.getMessage());
        } catch (Unrenderable e) {
          yield Optional.of(e.why());
        }
      }
      case KernelAccess.Missing(String why) ->
          Optional.of("strangers' VRRP is not kept out: " + why);
    };
  }

  private void look() {
    try {
      List<String> faults = soundness.faults();
      broken = faults;
      problems.set("node", faults.stream().findFirst());
    } finally {
      looking.set(false);
    }
  }

  /** Ends what an agent left in a run directory; says whether there was anything. */
  public static boolean stopAll(Path runDirectory) throws IOException, InterruptedException {
    return Keepalived.in(runDirectory).stop();
  }
}
