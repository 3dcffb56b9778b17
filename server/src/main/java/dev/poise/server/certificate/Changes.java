package dev.poise.server.certificate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was changed of an upload, in sentences, each of them once. */
final class Changes {
  private final Set<String> sentences = new LinkedHashSet<>();

  void add(String sentence) {
    sentences.add(sentence);
  }

  List<String> sentences() {
    return List.copyOf(sentences);
  }
}
