package dev.poise.server.app;

import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import java.io.IOException;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Tomcat refuses by itself, such as a malformed request line, is answered as a problem too,
 * not as HTML.
 */
@Component
final class TomcatProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addContextCustomizers(context -> {
      if (context.getParent() instanceof StandardHost host)
        host.setErrorReportValveClass(Valve.class.getName());
    });
  }

  /** Tomcat makes it by name. */
  public static final class Valve extends ErrorReportValve {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
      if (response.getStatus() < 400
          || response.getContentWritten() > 0
          || !response.setErrorReported()) return;
      ProblemType type =
          response.getStatus() >= 500 ? ProblemType.INTERNAL : ProblemType.BAD_REQUEST;
      try {
        response.setContentType("application/problem+json");
        var writer = response.getReporter();
        if (writer == null) return;
        Problem problem =
            Problem.of(type, "The request could not be understood as HTTP.", List.of());
        writer.write(JSON.writeValueAsString(problem));
        response.finishResponse();
      } catch (IOException _) {
        // The client is gone; there is nobody to tell.
      }
    }
  }
}
