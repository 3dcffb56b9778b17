-- Identity ------------------------------------------------------------------------------------------------------------

CREATE TABLE tenants (
  id          text PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  create_time timestamptz NOT NULL
);

CREATE TABLE users (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  name        text NOT NULL UNIQUE,
  role        text NOT NULL CHECK (role IN ('PLATFORM_ADMIN', 'TENANT_ADMIN', 'TENANT_USER')),
  create_time timestamptz NOT NULL
);

CREATE TABLE api_keys (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  user_id     text NOT NULL REFERENCES users ON DELETE CASCADE,
  name        text NOT NULL,
  key_hash    bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  create_time timestamptz NOT NULL
);

-- Conventions of the API ----------------------------------------------------------------------------------------------

CREATE TABLE idempotency_keys (
  tenant_id    text NOT NULL REFERENCES tenants,
  caller       text NOT NULL,
  key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash text NOT NULL,
  status       integer,
  etag         text,
  location     text,
  body         text,
  create_time  timestamptz NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (create_time);

CREATE TABLE audit_events (
  id             text PRIMARY KEY,
  tenant_id      text NOT NULL REFERENCES tenants,
  event_time     timestamptz NOT NULL,
  actor          text NOT NULL,
  source_address text NOT NULL,
  request_id     text NOT NULL,
  action         text NOT NULL,
  resource_id    text NOT NULL,
  before         jsonb,
  after          jsonb
);
CREATE INDEX audit_events_resource ON audit_events (tenant_id, resource_id, event_time);
CREATE INDEX audit_events_time ON audit_events (tenant_id, event_time);

-- Network -------------------------------------------------------------------------------------------------------------

CREATE TABLE data_centers (
  id          text PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  remark      text NOT NULL,
  create_time timestamptz NOT NULL
);

CREATE TABLE vpcs (
  id             text PRIMARY KEY,
  tenant_id      text NOT NULL REFERENCES tenants,
  data_center_id text NOT NULL REFERENCES data_centers,
  name           text NOT NULL,
  remark         text NOT NULL,
  create_time    timestamptz NOT NULL,
  UNIQUE (tenant_id, data_center_id, name)
);

CREATE TABLE subnets (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  vpc_id      text NOT NULL REFERENCES vpcs,
  name        text NOT NULL,
  remark      text NOT NULL,
  cidr        cidr NOT NULL CHECK (family(cidr) = 4 AND masklen(cidr) BETWEEN 8 AND 30),
  create_time timestamptz NOT NULL,
  UNIQUE (vpc_id, name)
);

-- The primary key is what keeps one address from being given out twice.
CREATE TABLE subnet_addresses (
  subnet_id text NOT NULL REFERENCES subnets,
  address   inet NOT NULL,
  tenant_id text NOT NULL REFERENCES tenants,
  holder_id text NOT NULL,
  PRIMARY KEY (subnet_id, address)
);
CREATE INDEX subnet_addresses_holder ON subnet_addresses (holder_id);

-- Clusters and nodes ----------------------------------------------------------------------------------------------------

-- Every change of what a cluster's nodes should serve raises its revision in the same transaction.
CREATE TABLE clusters (
  id                          text PRIMARY KEY,
  data_center_id              text NOT NULL REFERENCES data_centers,
  name                        text NOT NULL UNIQUE,
  remark                      text NOT NULL,
  model                       text NOT NULL,
  revision                    bigint NOT NULL,
  removals_confirmed_through  bigint NOT NULL DEFAULT 0,
  create_time                 timestamptz NOT NULL
);

CREATE TABLE nodes (
  id          text PRIMARY KEY,
  cluster_id  text NOT NULL REFERENCES clusters,
  name        text NOT NULL,
  key_hash    bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  create_time timestamptz NOT NULL,
  UNIQUE (cluster_id, name)
);

-- Load balancers --------------------------------------------------------------------------------------------------------

-- A row whose delete_time is set is a tombstone: it holds its address until every node let go of it.
CREATE TABLE load_balancers (
  id                  text PRIMARY KEY,
  tenant_id           text NOT NULL REFERENCES tenants,
  data_center_id      text NOT NULL REFERENCES data_centers,
  vpc_id              text NOT NULL REFERENCES vpcs,
  subnet_id           text NOT NULL REFERENCES subnets,
  cluster_id          text NOT NULL REFERENCES clusters,
  name                text NOT NULL,
  remark              text NOT NULL,
  network_type        text NOT NULL CHECK (network_type IN ('INTERNAL')),
  address             inet NOT NULL,
  deletion_protection boolean NOT NULL,
  generation          bigint NOT NULL CHECK (generation > 0),
  version             bigint NOT NULL CHECK (version > 0),
  spec                text NOT NULL,
  spec_digest         text NOT NULL,
  create_time         timestamptz NOT NULL,
  update_time         timestamptz NOT NULL,
  delete_time         timestamptz,
  delete_revision     bigint,
  CHECK ((delete_time IS NULL) = (delete_revision IS NULL)),
  FOREIGN KEY (subnet_id, address) REFERENCES subnet_addresses (subnet_id, address)
);
CREATE INDEX load_balancers_of_tenant ON load_balancers (tenant_id, create_time, id);
CREATE INDEX load_balancers_of_cluster ON load_balancers (cluster_id, id);
CREATE INDEX load_balancers_spec_digest ON load_balancers (spec_digest);

CREATE TABLE pools (
  id                 text PRIMARY KEY,
  tenant_id          text NOT NULL REFERENCES tenants,
  load_balancer_id   text NOT NULL REFERENCES load_balancers ON DELETE CASCADE,
  name               text NOT NULL,
  remark             text NOT NULL,
  own_listener_id    text,
  algorithm          text NOT NULL CHECK (algorithm IN ('WEIGHTED_ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP')),
  health_check       jsonb NOT NULL,
  next_member_number integer NOT NULL CHECK (next_member_number > 0),
  version            bigint NOT NULL CHECK (version > 0),
  create_time        timestamptz NOT NULL,
  UNIQUE (load_balancer_id, name) DEFERRABLE INITIALLY DEFERRED
);

-- TCP, HTTP and HTTPS share the ports of one family; a UDP listener may stand on the same port.
CREATE TABLE listeners (
  id               text PRIMARY KEY,
  tenant_id        text NOT NULL REFERENCES tenants,
  load_balancer_id text NOT NULL REFERENCES load_balancers ON DELETE CASCADE,
  name             text NOT NULL,
  remark           text NOT NULL,
  family           text NOT NULL CHECK (family IN ('TCP', 'UDP')),
  port             integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
  protocol         jsonb NOT NULL,
  connection_limit integer CHECK (connection_limit > 0),
  default_pool_id  text NOT NULL REFERENCES pools DEFERRABLE INITIALLY DEFERRED,
  version          bigint NOT NULL CHECK (version > 0),
  create_time      timestamptz NOT NULL,
  UNIQUE (load_balancer_id, family, port) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX listeners_pool ON listeners (default_pool_id);

CREATE TABLE members (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  pool_id     text NOT NULL REFERENCES pools ON DELETE CASCADE,
  number      integer NOT NULL CHECK (number > 0),
  name        text NOT NULL,
  remark      text NOT NULL,
  address     inet NOT NULL,
  port        integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
  weight      integer NOT NULL CHECK (weight BETWEEN 0 AND 100),
  mode        text NOT NULL CHECK (mode IN ('ENABLED', 'DISABLED', 'DRAINING')),
  version     bigint NOT NULL CHECK (version > 0),
  create_time timestamptz NOT NULL,
  UNIQUE (pool_id, number) DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (pool_id, address, port) DEFERRABLE INITIALLY DEFERRED
);

-- What nodes said ---------------------------------------------------------------------------------------------------------

CREATE TABLE node_observations (
  node_id           text PRIMARY KEY REFERENCES nodes ON DELETE CASCADE,
  session           text NOT NULL,
  sequence          bigint NOT NULL,
  accepted_revision bigint NOT NULL,
  capabilities      jsonb NOT NULL,
  held_removals     jsonb NOT NULL,
  report_time       timestamptz NOT NULL
);

CREATE TABLE load_balancer_observations (
  load_balancer_id text NOT NULL,
  node_id          text NOT NULL REFERENCES nodes ON DELETE CASCADE,
  report           jsonb NOT NULL,
  PRIMARY KEY (load_balancer_id, node_id)
);
CREATE INDEX load_balancer_observations_node ON load_balancer_observations (node_id);
