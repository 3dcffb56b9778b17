-- What listeners and pools learned: content forwarding, persistence, types. -------------------------------------------------

ALTER TABLE load_balancers
  ADD COLUMN type text NOT NULL DEFAULT 'MIXED' CHECK (type IN ('APPLICATION', 'NETWORK', 'MIXED'));
ALTER TABLE load_balancers ALTER COLUMN type DROP DEFAULT;

ALTER TABLE pools ADD COLUMN persistence jsonb NOT NULL DEFAULT '{"type": "OFF"}';
ALTER TABLE pools ALTER COLUMN persistence DROP DEFAULT;

-- An empty domain is every domain, an empty path every path.
CREATE TABLE rules (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  listener_id text NOT NULL REFERENCES listeners ON DELETE CASCADE,
  domain      text NOT NULL,
  path        text NOT NULL,
  action      jsonb NOT NULL,
  version     bigint NOT NULL CHECK (version > 0),
  create_time timestamptz NOT NULL,
  CHECK (domain <> '' OR path <> ''),
  UNIQUE (listener_id, domain, path) DEFERRABLE INITIALLY DEFERRED
);

-- The rules of a listener are rows of their own, so the list in its protocol is always empty.
UPDATE listeners SET protocol = protocol || '{"proxyProtocol": "NONE"}' WHERE protocol ->> 'type' = 'TCP';
UPDATE listeners SET protocol = jsonb_build_object(
    'type', 'HTTP',
    'options', (protocol - 'type') || '{"rules": []}',
    'redirect', '{"type": "OFF"}'::jsonb)
  WHERE protocol ->> 'type' = 'HTTP';
