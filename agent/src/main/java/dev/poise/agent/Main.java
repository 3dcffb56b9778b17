package dev.poise.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The command line: {@code join FILE ...}, {@code run FILE}, {@code doctor FILE}, {@code stop-all
 * FILE} and {@code version}.
 */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String LOG_SETTING = "logback.configurationFile";

  private Main() {}

  /** Runs a command; the exit code is 0 if it worked, 1 if not, 2 if it was not understood. */
  public static void main(String[] arguments) {
    if (System.getProperty(LOG_SETTING) == null) {
      System.setProperty(LOG_SETTING, "poise-agent-logback.xml");
    }
    int exit = execute(arguments);
    if (exit != 0) System.exit(exit);
  }

  static int execute(String[] arguments) {
    String command = arguments.length == 0 ? "" : arguments[0];
    boolean hasFile = arguments.length == 2;
    try {
      if (command.equals("version") && arguments.length == 1) {
        System.out.println("poise-agent " + version());
      } else if (command.equals("run") && hasFile) {
        run(config(arguments[1]));
      } else if (command.equals("doctor") && hasFile) {
        Path file = Path.of(arguments[1]).toAbsolutePath();
        return Examination.of(file, config(arguments[1]), version()).examine() ? 0 : FAILED;
      } else if (command.equals("join")) {
        List<String> words = List.of(arguments);
        new Join(JoinOptions.parse(words.subList(1, words.size())), System.out).run();
      } else if (command.equals("stop-all") && hasFile) {
        new StopAll(config(arguments[1]), System.out).run();
      } else {
        System.err.println(
            "usage: poise-agent run FILE | doctor FILE | stop-all FILE | version | "
                + JoinOptions.USAGE);
        return USAGE;
      }
      return 0;
    } catch (AgentConfig.Unusable | IOException e) {
      System.err.println("poise-agent: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      return FAILED;
    }
  }

  private static AgentConfig config(String file) throws AgentConfig.Unusable, IOException {
    return AgentConfig.read(Path.of(file), NodeFacts.ofThisProcess());
  }

  private static void run(AgentConfig config)
      throws AgentConfig.Unusable, IOException, InterruptedException {
    Node.start(config, version()).join();
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
