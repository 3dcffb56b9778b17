package dev.poise.agent.render;

import java.util.List;

/** Collects the lines of a configuration file, sections and what is in them. */
final class ConfigText {
  private final StringBuilder text = new StringBuilder();

  /** Begins a section. */
  void section(String line) {
    if (!text.isEmpty()) text.append('\n');
    text.append(line).append('\n');
  }

  /** Adds a line to the section. */
  void line(String line) {
    text.append("    ").append(line).append('\n');
  }

  /** Ends a section that is written between braces. */
  void end() {
    text.append("}\n");
  }

  /** Adds lines between braces to the section. */
  void block(String name, List<String> lines) {
    line(name + " {");
    lines.forEach(each -> line("    " + each));
    line("}");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
