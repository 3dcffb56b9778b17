package dev.poise.server.app;

import dev.poise.server.channel.AgentChannel;
import dev.poise.server.channel.AgentChannel.Door;
import dev.poise.server.channel.ChannelCertificate;
import dev.poise.server.platform.Refusal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Opens the agents' port beside that of the API, and marks what comes in through it.
 *
 * <p>It is opened when the application is ready, not with the web server: its certificate is in the
 * database, and without a master key the API has to start all the same and say what is missing.
 */
@Configuration(proxyBeanMethods = false)
class AgentPort {
  private static final Logger LOG = LoggerFactory.getLogger(AgentPort.class);
  private static final String MARK = AgentPort.class.getName();

  /** Whether the request came in through the agents' port. */
  static boolean isEntranceOf(HttpServletRequest request) {
    return request.getAttribute(MARK) != null;
  }

  @Bean
  static WebServerFactoryCustomizer<TomcatServletWebServerFactory> marking() {
    return factory -> factory.addEngineValves(new Marking());
  }

  /** Which port it was, is known to the container alone. */
  private static final class Marking extends ValveBase {
    Marking() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      if (request.getConnector() instanceof AgentConnector) request.setAttribute(MARK, true);
      getNext().invoke(request, response);
    }
  }

  @Bean
  Opening opening(
      AgentChannel channel,
      ApplicationContext context,
      @Value("${poise.agent.address}") String address,
      @Value("${poise.agent.port}") int port) {
    return new Opening(channel, context, address, port);
  }

  /** Tells in {@code /health/agents} why agents do not get in. */
  @Bean
  HealthIndicator agentChannelHealthIndicator(AgentChannel channel) {
    return () ->
        switch (channel.door()) {
          case Door.Open(_, int port) -> Health.up().withDetail("port", port).build();
          // Not down: the API works, and what takes it for down would take it away.
          case Door.Closed(String why) -> Health.unknown().withDetail("reason", why).build();
        };
  }

  /** Opens the port after the web server started; the web server closes it with its own. */
  static final class Opening implements SmartLifecycle {
    private final AgentChannel channel;
    private final ApplicationContext context;
    private final String address;
    private final int port;
    private volatile boolean running;

    Opening(AgentChannel channel, ApplicationContext context, String address, int port) {
      this.channel = channel;
      this.context = context;
      this.address = address;
      this.port = port;
    }

    @Override
    public void start() {
      running = true;
      try {
        ChannelCertificate certificate = channel.certificate();
        channel.now(new Door.Open(certificate, open(certificate)));
        LOG.info("Agents are awaited on {} port {}, pin {}", address, port, certificate.pin());
      } catch (Refusal.Unavailable missing) {
        channel.now(new Door.Closed(missing.detail()));
        LOG.warn("The agents' port stays closed: {}", missing.detail());
      }
    }

    private int open(ChannelCertificate certificate) {
      if (!(context instanceof ServletWebServerApplicationContext web
          && web.getWebServer() instanceof TomcatWebServer server))
        throw new IllegalStateException("The server does not run in Tomcat");
      AgentConnector connector = new AgentConnector(address, port, certificate);
      try {
        server.getTomcat().getService().addConnector(connector);
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException(
            "The agents' port %d on %s cannot be opened; another program may have it. Set"
                    .formatted(port, address)
                + " POISE_AGENT_PORT.",
            e);
      }
      return connector.getLocalPort();
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }
  }
}
