package dev.poise.agent.render;

import dev.poise.spec.BundleRef;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects what a configuration refers to. */
final class RenderedFiles {
  private final SortedMap<String, String> files = new TreeMap<>();
  private final SortedMap<String, RuleMap> maps = new TreeMap<>();
  private final List<CertificateFile> certificates = new ArrayList<>();
  private final List<ServerLine> servers = new ArrayList<>();

  /** Adds a file that is read once; gives back its name. */
  String file(String name, String text) {
    files.put(name, text);
    return name;
  }

  /** Adds a table of rules or clients; gives back its name. */
  String map(String name, RuleMap map) {
    maps.put(name, map);
    return name;
  }

  /** Adds a file of certificate material; gives back its name. */
  String certificate(String name, CertificateFile.Kind kind, BundleRef bundle) {
    certificates.add(new CertificateFile(name, kind, bundle.digest()));
    return name;
  }

  /** Adds a server line. */
  void server(ServerLine server) {
    servers.add(server);
  }

  Rendered with(String config) {
    return new Rendered(config, files, maps, certificates, servers);
  }
}
