package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A content forwarding rule as a client says it. */
@Schema(name = "RuleInput")
@ConsistentBody
public record RuleInput(
    @Schema(
            description =
                "A domain, or *. and one for all names that end so; every domain if absent",
            example = "*.example.com")
        @Nullable String domain,
    @Schema(
            description =
                "1 to 30 characters; matches whole segments, with a question mark path and query to"
                    + " the letter; every path if absent",
            example = "/api")
        @Nullable String path,
    @NotNull(message = "is required") @Valid ActionInput action)
    implements ConsistentBody.Checked {
  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    if (domain != null && !domain.isEmpty() && !TlsInput.isDomain(domain)) {
      faults.add(
          new Fault(
              "/domain",
              "invalid",
              "This is not a domain name, such as shop.example.com or *.example.com."));
    }
    if (path != null && path.indexOf('#') >= 0) {
      faults.add(
          new Fault(
              "/path",
              "invalid",
              "Browsers keep a # and what is behind it to themselves, so no request would ever"
                  + " match."));
    } else if (path != null && !PathPrefix.isValid(path)) {
      faults.add(
          new Fault(
              "/path",
              "invalid",
              "This is not a path of 1 to 30 letters, digits and -/.%?& that begins with a"
                  + " slash."));
    }
    if (orEmpty(domain).isEmpty() && orEmpty(path).isEmpty()) {
      faults.add(
          new Fault(
              "/domain",
              "required",
              "A rule needs a domain, a path or both; all other requests"
                  + " go to the default pool."));
    }
    return faults;
  }

  /**
   * The rule.
   *
   * @param pools finds a pool by its name
   * @param pointer where this stands in the body, for faults
   */
  Rule rule(
      RuleId id, Function<String, Optional<PoolId>> pools, String pointer, Instant createTime) {
    return new Rule(
        id,
        Rule.domain(lowerCase(orEmpty(domain))),
        new PathPrefix(orEmpty(path)),
        action.action(pools, pointer + "/action"),
        1,
        createTime);
  }

  /** The form in which domains are stored and compared. */
  static String lowerCase(String domain) {
    return domain.toLowerCase(Locale.ROOT);
  }

  /** What a patch begins with: an action is replaced as a whole, so it is not said here. */
  @SuppressWarnings("NullAway") // the patch is checked when it is applied
  static RuleInput withoutAction(Rule rule) {
    return new RuleInput(said(rule.domainText()), said(rule.path().text()), null);
  }

  static RuleInput of(Rule rule) {
    return new RuleInput(
        said(rule.domainText()), said(rule.path().text()), ActionInput.of(rule.action()));
  }

  private static @Nullable String said(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
