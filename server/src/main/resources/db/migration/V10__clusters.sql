-- Clusters whose nodes share addresses, nodes that join by themselves. ------------------------------------------------------

-- vrrp: what its nodes agree by, as the API shows it; null where somebody else moves addresses.
-- handover: the last planned failover.
ALTER TABLE clusters
  ADD COLUMN vrrp            jsonb,
  ADD COLUMN handover_number bigint NOT NULL DEFAULT 0,
  ADD COLUMN handover_to     text,
  ADD COLUMN version         bigint NOT NULL DEFAULT 1;

-- address: where the other nodes reach it. priority: who begins as primary, the highest; 0 until the cluster has VRRP.
-- A revoked node is refused, and no other node is told of it any more.
ALTER TABLE nodes
  ADD COLUMN address      inet,
  ADD COLUMN priority     integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 254),
  ADD COLUMN drained      boolean NOT NULL DEFAULT false,
  ADD COLUMN revoke_time  timestamptz,
  ADD COLUMN version      bigint NOT NULL DEFAULT 1;

-- What makes a machine a node, once. node_id: the node whose key it replaces; null for a new one. Who made it, is who is said
-- to have made the node.
CREATE TABLE join_tokens (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  creator_id  text NOT NULL,
  cluster_id  text NOT NULL REFERENCES clusters ON DELETE CASCADE,
  node_id     text REFERENCES nodes ON DELETE CASCADE,
  hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  create_time timestamptz NOT NULL,
  expire_time timestamptz NOT NULL,
  used_time   timestamptz
);
CREATE INDEX join_tokens_cluster ON join_tokens (cluster_id);

-- The certificate that agents know the control plane by; the private key is encrypted.
CREATE TABLE agent_channel (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  certificate   text NOT NULL,
  master_key_id text NOT NULL,
  wrapped_key   bytea NOT NULL,
  private_key   bytea NOT NULL,
  create_time   timestamptz NOT NULL
);
