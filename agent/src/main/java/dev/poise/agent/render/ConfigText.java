package dev.poise.agent.render;

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

  @Override
  public String toString() {
    return text.toString();
  }
}
