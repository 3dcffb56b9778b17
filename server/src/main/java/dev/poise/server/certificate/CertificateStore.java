package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.server.platform.Vault.Sealed;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Rows of certificates and of where they are used. Only here is the encrypted material touched. */
@Component
class CertificateStore {
  private static final String CERTIFICATES =
      """
      SELECT id, tenant_id, data_center_id, creator_id, name, remark, kind, sharing, common_name, alternative_names,
        issuer, serial_number, key_algorithm, sha256_fingerprint, md5_fingerprint, not_before, not_after, digest,
        version, create_time, update_time
      FROM certificates WHERE tenant_id = :tenant
      """;
  private static final String LISTED =
      """
      SELECT *, not_after AS not_after_time,
        CASE WHEN :now > not_after THEN 'EXPIRED' WHEN :now < not_before THEN 'NOT_YET_VALID'
          WHEN :soon < not_after THEN 'VALID' ELSE 'EXPIRING' END AS state,
        id || ' ' || name || ' ' || remark || ' ' || common_name || ' ' || array_to_string(alternative_names, ' ')
          AS search
      FROM (%s) AS certificate WHERE sharing = 'TENANT' OR creator_id = :user
      """
          .formatted(CERTIFICATES);

  private final JdbcClient db;

  CertificateStore(JdbcClient db) {
    this.db = db;
  }

  /** How long a row must stay as it is. */
  enum Hold {
    NOT_AT_ALL(""),
    /** Others may read it and hold it like this too. */
    UNCHANGED(" FOR SHARE"),
    /** For those who change it. */
    ALONE(" FOR UPDATE");

    private final String clause;

    Hold(String clause) {
      this.clause = clause;
    }
  }

  /** Material as it is stored, with the digest of what it holds. */
  record Stored(CertificateId id, String digest, Sealed sealed) {}

  Optional<Certificate> find(TenantId tenant, CertificateId id, Hold hold) {
    return db.sql(CERTIFICATES + " AND id = :id" + hold.clause)
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(CertificateStore::certificate)
        .optional();
  }

  /** What the user may see. */
  Page<Certificate> page(TenantId tenant, String user, Instant now, PageRequest request) {
    return Listing.page(
        db,
        LISTED,
        Map.of(
            "tenant", tenant.text(),
            "user", user,
            "now", Timestamp.from(now),
            "soon", Timestamp.from(State.soon(now))),
        request,
        CertificateStore::certificate);
  }

  /** Whether it was added; false if its creator has one of that name in the data centre. */
  boolean insert(Certificate certificate, Sealed sealed) {
    StatementSpec statement =
        db.sql(
                """
                INSERT INTO certificates
                  (id, tenant_id, data_center_id, creator_id, name, remark, kind, sharing, common_name,
                   alternative_names, issuer, serial_number, key_algorithm, sha256_fingerprint, md5_fingerprint,
                   not_before, not_after, digest, master_key_id, wrapped_key, secret, version, create_time,
                   update_time)
                VALUES
                  (:id, :tenant, :dataCenter, :creator, :name, :remark, :kind, :sharing, :commonName,
                   :alternativeNames, :issuer, :serialNumber, :keyAlgorithm, :sha256, :md5, :notBefore, :notAfter,
                   :digest, :masterKey, :wrappedKey, :secret, :version, :created, :updated)
                ON CONFLICT (tenant_id, data_center_id, creator_id, name) DO NOTHING
                """)
            .param("dataCenter", certificate.dataCenter().text())
            .param("creator", certificate.creator())
            .param("kind", certificate.kind().name())
            .param("created", Timestamp.from(certificate.createTime()));
    return material(described(statement, certificate), certificate, sealed).update() == 1;
  }

  /** Whether it was written; false if its creator has another one of that name. */
  boolean updateDescription(Certificate certificate) {
    return described(
                db.sql(
                    """
                    UPDATE certificates SET name = :name, remark = :remark, sharing = :sharing, version = :version,
                      update_time = :updated
                    WHERE tenant_id = :tenant AND id = :id
                      AND NOT EXISTS (
                        SELECT FROM certificates o
                        WHERE o.tenant_id = certificates.tenant_id AND o.data_center_id = certificates.data_center_id
                          AND o.creator_id = certificates.creator_id AND o.name = :name AND o.id <> :id)
                    """),
                certificate)
            .update()
        == 1;
  }

  void updateMaterial(Certificate certificate, Sealed sealed) {
    material(
            db.sql(
                    """
                    UPDATE certificates SET common_name = :commonName, alternative_names = :alternativeNames,
                      issuer = :issuer, serial_number = :serialNumber, key_algorithm = :keyAlgorithm,
                      sha256_fingerprint = :sha256, md5_fingerprint = :md5, not_before = :notBefore,
                      not_after = :notAfter, digest = :digest, master_key_id = :masterKey,
                      wrapped_key = :wrappedKey, secret = :secret, version = :version, update_time = :updated
                    WHERE tenant_id = :tenant AND id = :id
                    """)
                .param("tenant", certificate.tenant().text())
                .param("id", certificate.id().text())
                .param("version", certificate.version())
                .param("updated", Timestamp.from(certificate.updateTime())),
            certificate,
            sealed)
        .update();
  }

  void delete(TenantId tenant, CertificateId id) {
    db.sql("DELETE FROM certificates WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  void setUses(
      TenantId tenant, LoadBalancerId loadBalancer, Map<ListenerId, Set<CertificateId>> uses) {
    db.sql(
            "DELETE FROM certificate_uses WHERE tenant_id = :tenant AND load_balancer_id ="
                + " :loadBalancer")
        .param("tenant", tenant.text())
        .param("loadBalancer", loadBalancer.text())
        .update();
    uses.forEach((listener, certificates) ->
        certificates.forEach(
            certificate -> insertUse(tenant, loadBalancer, listener, certificate)));
  }

  private void insertUse(
      TenantId tenant, LoadBalancerId loadBalancer, ListenerId listener, CertificateId id) {
    int added =
        db.sql(
                """
                INSERT INTO certificate_uses (certificate_id, tenant_id, load_balancer_id, listener_id)
                SELECT id, tenant_id, :loadBalancer, :listener FROM certificates WHERE tenant_id = :tenant AND id = :id
                """)
            .param("loadBalancer", loadBalancer.text())
            .param("listener", listener.text())
            .param("tenant", tenant.text())
            .param("id", id.text())
            .update();
    if (added == 0) throw new IllegalStateException("The tenant has no certificate " + id);
  }

  /** Where those certificates are used, each by the ids of load balancer and listener. */
  Map<CertificateId, List<Use>> usesOf(TenantId tenant, List<CertificateId> ids) {
    Map<CertificateId, List<Use>> uses = new LinkedHashMap<>();
    db.sql(
            """
            SELECT u.certificate_id, u.load_balancer_id, b.name AS load_balancer_name, u.listener_id,
              l.name AS listener_name
            FROM certificate_uses u
              JOIN load_balancers b ON b.id = u.load_balancer_id
              JOIN listeners l ON l.id = u.listener_id
            WHERE u.tenant_id = :tenant AND u.certificate_id = ANY(:ids)
            ORDER BY u.load_balancer_id, u.listener_id
            """)
        .param("tenant", tenant.text())
        .param("ids", ids.stream().map(CertificateId::text).toArray(String[]::new))
        .query((row, _) ->
            Map.entry(
                new CertificateId(row.getString("certificate_id")),
                new Use(
                    new LoadBalancerId(row.getString("load_balancer_id")),
                    row.getString("load_balancer_name"),
                    new ListenerId(row.getString("listener_id")),
                    row.getString("listener_name"))))
        .list()
        .forEach(
            use -> uses.computeIfAbsent(use.getKey(), _ -> new ArrayList<>()).add(use.getValue()));
    return uses;
  }

  /**
   * The material with those digests that load balancers of the cluster use. Nodes serve all
   * tenants, so this names none.
   */
  List<Stored> usedBy(ClusterId cluster, List<String> digests) {
    return db.sql(
            """
            SELECT DISTINCT ON (c.digest) c.id, c.digest, c.master_key_id, c.wrapped_key, c.secret
            FROM certificates c
              JOIN certificate_uses u ON u.certificate_id = c.id
              JOIN load_balancers b ON b.id = u.load_balancer_id
            WHERE c.digest = ANY(:digests) AND b.cluster_id = :cluster AND b.delete_time IS NULL
            ORDER BY c.digest
            """)
        .param("digests", digests.toArray(String[]::new))
        .param("cluster", cluster.text())
        .query(CertificateStore::stored)
        .list();
  }

  /** The material of all tenants that is under another master key; nobody else changes it now. */
  List<Stored> notUnder(String masterKeyId) {
    return db.sql(
            """
            SELECT id, digest, master_key_id, wrapped_key, secret FROM certificates
            WHERE master_key_id <> :masterKey ORDER BY id FOR UPDATE
            """)
        .param("masterKey", masterKeyId)
        .query(CertificateStore::stored)
        .list();
  }

  /** Writes what {@link #notUnder} gave under another master key. */
  void rewrap(CertificateId id, Sealed sealed) {
    db.sql(
            "UPDATE certificates SET master_key_id = :masterKey, wrapped_key = :wrappedKey WHERE id"
                + " = :id")
        .param("masterKey", sealed.masterKeyId())
        .param("wrappedKey", sealed.wrappedKey())
        .param("id", id.text())
        .update();
  }

  private static StatementSpec described(StatementSpec statement, Certificate certificate) {
    return statement
        .param("id", certificate.id().text())
        .param("tenant", certificate.tenant().text())
        .param("name", certificate.name())
        .param("remark", certificate.remark())
        .param("sharing", certificate.sharing().name())
        .param("version", certificate.version())
        .param("updated", Timestamp.from(certificate.updateTime()));
  }

  private static StatementSpec material(
      StatementSpec statement, Certificate certificate, Sealed sealed) {
    Facts facts = certificate.facts();
    return statement
        .param("commonName", facts.commonName())
        .param("alternativeNames", facts.alternativeNames().toArray(String[]::new))
        .param("issuer", facts.issuer())
        .param("serialNumber", facts.serialNumber())
        .param("keyAlgorithm", facts.keyAlgorithm())
        .param("sha256", facts.sha256Fingerprint())
        .param("md5", facts.md5Fingerprint())
        .param("notBefore", Timestamp.from(facts.notBefore()))
        .param("notAfter", Timestamp.from(facts.notAfter()))
        .param("digest", certificate.digest())
        .param("masterKey", sealed.masterKeyId())
        .param("wrappedKey", sealed.wrappedKey())
        .param("secret", sealed.secret());
  }

  private static Certificate certificate(ResultSet row, int number) throws SQLException {
    return new Certificate(
        new CertificateId(row.getString("id")),
        new TenantId(row.getString("tenant_id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("creator_id"),
        row.getString("name"),
        row.getString("remark"),
        Kind.valueOf(row.getString("kind")),
        Sharing.valueOf(row.getString("sharing")),
        facts(row),
        row.getString("digest"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant(),
        row.getTimestamp("update_time").toInstant());
  }

  private static Facts facts(ResultSet row) throws SQLException {
    return new Facts(
        row.getString("common_name"),
        List.of((String[]) row.getArray("alternative_names").getArray()),
        row.getString("issuer"),
        row.getString("serial_number"),
        row.getString("key_algorithm"),
        row.getString("sha256_fingerprint"),
        row.getString("md5_fingerprint"),
        row.getTimestamp("not_before").toInstant(),
        row.getTimestamp("not_after").toInstant());
  }

  private static Stored stored(ResultSet row, int number) throws SQLException {
    return new Stored(
        new CertificateId(row.getString("id")),
        row.getString("digest"),
        new Sealed(
            row.getString("master_key_id"), row.getBytes("wrapped_key"), row.getBytes("secret")));
  }
}
