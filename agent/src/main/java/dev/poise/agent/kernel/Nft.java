package dev.poise.agent.kernel;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The nft program. Transactions go one after the other: two at once would make one try again. */
final class Nft {
  private static final Pattern VERSION = Pattern.compile("nftables v(\\d+(\\.\\d+)*)");
  private static final Pattern PLACE = Pattern.compile("^(/dev/stdin|-):\\d+:[\\d-]+: ");
  private static final Pattern BEFORE_REASON =
      Pattern.compile(
          "^(netlink: )?(Error|error): |^cache initialization failed: |Could not process rule:"
              + " |^internal:0:0-0: ");
  private static final int LONGEST = 300;

  private final Tool tool;
  private final ReentrantLock lock = new ReentrantLock();

  Nft(List<String> enter, String program) {
    tool = new Tool(enter, program);
  }

  /** nft refused. */
  static final class Refused extends IOException {
    private final String why;

    Refused(String why) {
      super("nft: " + why);
      this.why = why;
    }

    /** In its own words. */
    String why() {
      return why;
    }
  }

  String version() throws IOException {
    Tool.Run run = tool.run(List.of("--version"), "");
    Matcher version = VERSION.matcher(run.output());
    if (!run.succeeded() || !version.find()) throw new IOException("nft does not say its version");
    return version.group(1);
  }

  /** Has the kernel look at a transaction without making it. */
  void check(String transaction) throws IOException {
    transact(List.of("-c", "-f", "-"), transaction);
  }

  /** Makes all of a transaction, or nothing of it. */
  void commit(String transaction) throws IOException {
    transact(List.of("-f", "-"), transaction);
  }

  private void transact(List<String> arguments, String transaction) throws IOException {
    lock.lock();
    try {
      Tool.Run run = tool.run(arguments, transaction);
      if (!run.succeeded()) throw new Refused(reason(run.output()));
    } finally {
      lock.unlock();
    }
  }

  /** Lists something as JSON. */
  String list(String command) throws IOException {
    Tool.Run run = tool.run(List.of("-n", "-j", command), "");
    if (!run.succeeded()) throw new Refused(reason(run.output()));
    return run.output();
  }

  /** The first sentence, without the place in a text nobody sees. */
  private static String reason(String output) {
    String line =
        output
            .lines()
            .filter(each -> !each.isBlank())
            .findFirst()
            .orElse("it failed without a word");
    String sentence = PLACE.matcher(line).replaceFirst("");
    String before = "";
    while (!sentence.equals(before)) {
      before = sentence;
      sentence = BEFORE_REASON.matcher(sentence).replaceFirst("");
    }
    return sentence.length() > LONGEST ? sentence.substring(0, LONGEST) : sentence.strip();
  }
}
