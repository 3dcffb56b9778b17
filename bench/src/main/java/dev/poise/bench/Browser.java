package dev.poise.bench;

import java.util.List;
import java.util.stream.Stream;

/** What a browser sends: rules that look at headers should find some. */
final class Browser {
  private static final List<String> HEADERS =
      List.of(
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "Accept-Language: en-US,en;q=0.5",
          "Accept-Encoding: gzip, deflate, br",
          "Cookie: session=2f6b1c0e9d8a4b7f; theme=dark");

  private Browser() {}

  /** As options of wrk and h2load. */
  static List<String> options() {
    return HEADERS.stream().flatMap(header -> Stream.of("-H", header)).toList();
  }
}
