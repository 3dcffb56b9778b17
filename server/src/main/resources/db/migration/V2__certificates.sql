-- The material (certificates, and for servers the private key) is in "secret", encrypted with a random key; that key is
-- in "wrapped_key", encrypted with the master key "master_key_id" that only the server's operator has. Names are unique
-- for each creator, not for the tenant: otherwise a refused name would tell of a certificate nobody else may see.
CREATE TABLE certificates (
  id                 text PRIMARY KEY,
  tenant_id          text NOT NULL REFERENCES tenants,
  data_center_id     text NOT NULL REFERENCES data_centers,
  creator_id         text NOT NULL REFERENCES users,
  name               text NOT NULL,
  remark             text NOT NULL,
  kind               text NOT NULL CHECK (kind IN ('SERVER', 'CLIENT_CA')),
  sharing            text NOT NULL CHECK (sharing IN ('PRIVATE', 'TENANT')),
  common_name        text NOT NULL,
  alternative_names  text[] NOT NULL,
  issuer             text NOT NULL,
  serial_number      text NOT NULL,
  key_algorithm      text NOT NULL,
  sha256_fingerprint text NOT NULL,
  md5_fingerprint    text NOT NULL,
  not_before         timestamptz NOT NULL,
  not_after          timestamptz NOT NULL,
  digest             text NOT NULL CHECK (length(digest) = 64),
  master_key_id      text NOT NULL,
  wrapped_key        bytea NOT NULL,
  secret             bytea NOT NULL,
  version            bigint NOT NULL CHECK (version > 0),
  create_time        timestamptz NOT NULL,
  update_time        timestamptz NOT NULL,
  UNIQUE (tenant_id, data_center_id, creator_id, name)
);
CREATE INDEX certificates_of_tenant ON certificates (tenant_id, create_time, id);
CREATE INDEX certificates_digest ON certificates (digest);

CREATE TABLE certificate_uses (
  certificate_id   text NOT NULL REFERENCES certificates,
  tenant_id        text NOT NULL REFERENCES tenants,
  load_balancer_id text NOT NULL REFERENCES load_balancers ON DELETE CASCADE,
  listener_id      text NOT NULL REFERENCES listeners ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (listener_id, certificate_id)
);
CREATE INDEX certificate_uses_certificate ON certificate_uses (certificate_id);
CREATE INDEX certificate_uses_load_balancer ON certificate_uses (load_balancer_id);
