package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Remembers who our node is: the server tells its key only once. */
record NodeAccounts(Path folder) {
  private Path idFile() {
    return folder.resolve("node.id");
  }

  Path keyFile() {
    return folder.resolve("node.key");
  }

  /** The node enrolled in an earlier run. */
  Optional<Site.NodeAccount> read() {
    if (Files.notExists(idFile()) || Files.notExists(keyFile())) return Optional.empty();
    try {
      return Optional.of(
          new Site.NodeAccount(
              Files.readString(idFile()).strip(), Files.readString(keyFile()).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(Site.NodeAccount account) {
    PrivateFiles.write(keyFile(), account.key() + "\n");
    PrivateFiles.write(idFile(), account.id() + "\n");
  }
}
