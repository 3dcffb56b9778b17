package dev.poise.standalone;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL database and who we are in it. */
public record Database(String host, int port, String name, String user, String password) {
  private static final int OLDEST_VERSION = 15;
  private static final String FORM = "postgresql://user:password@host:port/database";

  /** Reads {@code postgresql://user:password@host:port/database}. */
  static Database parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw notADatabaseUrl(e);
    }
    boolean postgres = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
    String user = uri.getRawUserInfo();
    String path = uri.getRawPath();
    if (!postgres
        || uri.getHost() == null
        || user == null
        || path == null
        || path.length() < 2
        || uri.getRawQuery() != null) {
      throw notADatabaseUrl(null);
    }
    List<String> account = List.of(user.split(":", 2));
    return new Database(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        decode(path.substring(1)),
        decode(account.getFirst()),
        account.size() == 2 ? decode(account.getLast()) : "");
  }

  private static CannotStart notADatabaseUrl(@Nullable Exception cause) {
    String message =
        "--database-url takes the form " + FORM + " (a password's special characters as %40).";
    return cause == null ? new CannotStart(message) : new CannotStart(message, cause);
  }

  private static String decode(String text) {
    // In a URL's user part a plus sign is a plus sign.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The address for JDBC, without the account. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  /** Connects; the caller closes. */
  public Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    return DriverManager.getConnection(jdbcUrl(), properties);
  }

  /** Connects once and tells the version, refusing one that is too old for Poise. */
  String requireSupportedVersion() {
    try (Connection connection = connect()) {
      var metaData = connection.getMetaData();
      String version = metaData.getDatabaseProductVersion();
      if (metaData.getDatabaseMajorVersion() < OLDEST_VERSION) {
        throw new CannotStart(
            "The database at %s:%d is PostgreSQL %s. Poise needs PostgreSQL %d or newer."
                .formatted(host, port, version, OLDEST_VERSION));
      }
      return version;
    } catch (SQLException e) {
      throw new CannotStart(
          "The database %s at %s:%d cannot be used: %s".formatted(name, host, port, e.getMessage()),
          e);
    }
  }

  /** Does not show the password. */
  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
