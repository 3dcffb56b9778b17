package dev.poise.server.quota;

import java.util.Locale;

/**
 * The kinds of things of which a tenant may have only so many. How many is configuration, under
 * {@code poise.quotas}; for one tenant a platform administrator can say otherwise.
 *
 * <p>A new kind is one constant here and one line in {@code application.yaml}.
 */
public enum Quota {
  /** A deleted one does not count, whatever nodes still do with it. */
  LOAD_BALANCERS("load balancers", "load_balancers WHERE delete_time IS NULL AND"),
  LISTENERS("listeners", "listeners WHERE"),
  POOLS("pools", "pools WHERE"),
  MEMBERS("members", "members WHERE"),
  RULES("rules", "rules WHERE"),
  CERTIFICATES("certificates", "certificates WHERE"),
  SECURITY_GROUPS("security groups", "security_groups WHERE"),
  VPCS("VPCs", "vpcs WHERE"),
  SUBNETS("subnets", "subnets WHERE"),
  ELASTIC_IPS("elastic IPs", "elastic_ips WHERE"),
  INSTANCES("instances", "instances WHERE");

  private final String plural;
  private final String counted;

  /**
   * @param plural what they are called in a sentence
   * @param counted the rows that count, up to the condition that names the tenant
   */
  Quota(String plural, String counted) {
    this.plural = plural;
    this.counted = counted;
  }

  String plural() {
    return plural;
  }

  /** The statement that counts what {@code :tenant} has. */
  String count() {
    return "SELECT count(*) FROM " + counted + " tenant_id = :tenant";
  }

  /** Its name in the configuration, such as {@code load-balancers}. */
  public String property() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
