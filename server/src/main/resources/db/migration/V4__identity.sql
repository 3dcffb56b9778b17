-- Who may do what: tenants, users, passwords, second factors, keys and sessions. ---------------------------------------------

-- Deleted tenants and users stay as rows, so that the audit log and creators can be named; their names are free again.
ALTER TABLE tenants
  ADD COLUMN remark text NOT NULL DEFAULT '',
  ADD COLUMN platform boolean NOT NULL DEFAULT false,
  ADD COLUMN disabled boolean NOT NULL DEFAULT false,
  ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD COLUMN delete_time timestamptz,
  DROP CONSTRAINT tenants_name_key;
CREATE UNIQUE INDEX tenants_name ON tenants (name) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX tenants_platform ON tenants (platform) WHERE platform;
UPDATE tenants SET platform = true
  WHERE id = (SELECT tenant_id FROM users WHERE role = 'PLATFORM_ADMIN' ORDER BY create_time LIMIT 1);

-- A user without a password and without a subject of the OIDC provider was invited and has not signed in yet.
ALTER TABLE users
  ADD COLUMN remark text NOT NULL DEFAULT '',
  ADD COLUMN email text,
  ADD COLUMN external_id text,
  ADD COLUMN main_account boolean NOT NULL DEFAULT false,
  ADD COLUMN disabled boolean NOT NULL DEFAULT false,
  ADD COLUMN password_hash text,
  ADD COLUMN oidc_issuer text,
  ADD COLUMN oidc_subject text,
  ADD COLUMN last_sign_in_time timestamptz,
  ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD COLUMN delete_time timestamptz,
  ADD CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL)),
  DROP CONSTRAINT users_name_key;
CREATE UNIQUE INDEX users_name ON users (lower(name)) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX users_oidc_subject ON users (oidc_issuer, oidc_subject) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX users_main_account ON users (tenant_id) WHERE main_account AND delete_time IS NULL;
CREATE INDEX users_of_tenant ON users (tenant_id, create_time, id);
UPDATE users SET main_account = true
  WHERE id IN (SELECT DISTINCT ON (tenant_id) id FROM users WHERE role <> 'TENANT_USER' ORDER BY tenant_id, create_time, id);

ALTER TABLE api_keys
  ADD COLUMN scope text NOT NULL DEFAULT 'FULL' CHECK (scope IN ('READ_ONLY', 'FULL')),
  ADD COLUMN expire_time timestamptz,
  ADD COLUMN last_used_time timestamptz,
  ADD COLUMN revoke_time timestamptz;
CREATE UNIQUE INDEX api_keys_name ON api_keys (user_id, name) WHERE revoke_time IS NULL;
CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, create_time, id);

-- The right to set a password without knowing the old one: once, and one at a time for each user.
CREATE TABLE set_up_tokens (
  user_id     text PRIMARY KEY REFERENCES users,
  tenant_id   text NOT NULL REFERENCES tenants,
  token_hash  bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  expire_time timestamptz NOT NULL
);

CREATE TABLE sessions (
  id             text PRIMARY KEY,
  tenant_id      text NOT NULL REFERENCES tenants,
  user_id        text NOT NULL REFERENCES users,
  token_hash     bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  method         text NOT NULL CHECK (method IN ('PASSWORD', 'OIDC')),
  source_address text NOT NULL,
  user_agent     text NOT NULL,
  create_time    timestamptz NOT NULL,
  last_used_time timestamptz NOT NULL,
  expire_time    timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id, create_time);
CREATE INDEX sessions_end ON sessions (expire_time);

-- "last_step" is the number of the newest half minute whose code was taken: no code is taken twice.
CREATE TABLE user_totp (
  user_id       text PRIMARY KEY REFERENCES users,
  tenant_id     text NOT NULL REFERENCES tenants,
  master_key_id text NOT NULL,
  wrapped_key   bytea NOT NULL,
  secret        bytea NOT NULL,
  last_step     bigint NOT NULL,
  confirm_time  timestamptz,
  create_time   timestamptz NOT NULL
);

CREATE TABLE recovery_codes (
  user_id   text NOT NULL REFERENCES user_totp ON DELETE CASCADE,
  tenant_id text NOT NULL REFERENCES tenants,
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  PRIMARY KEY (user_id, code_hash)
);

-- How often a name or a source address was tried until "end_time"; the subject is a hash, because people type passwords into the
-- wrong field.
CREATE TABLE sign_in_attempts (
  subject  text PRIMARY KEY,
  attempts integer NOT NULL,
  end_time timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_end ON sign_in_attempts (end_time);

-- Somebody who was sent to the OIDC provider and is expected back.
CREATE TABLE oidc_departures (
  state_hash    bytea PRIMARY KEY,
  browser_hash  bytea NOT NULL,
  nonce         text NOT NULL,
  code_verifier text NOT NULL,
  redirect_uri  text NOT NULL,
  expire_time   timestamptz NOT NULL
);

-- One administrator may use the same key for requests in several tenants.
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey, ADD PRIMARY KEY (tenant_id, caller, key);
