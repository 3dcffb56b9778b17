-- Networks that change: versions for ETags, gateways, segments. -------------------------------------------------------------

ALTER TABLE data_centers ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE data_centers ALTER COLUMN version DROP DEFAULT;

ALTER TABLE vpcs
  ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD COLUMN segment jsonb NOT NULL DEFAULT '{"type": "HOST"}';
ALTER TABLE vpcs ALTER COLUMN version DROP DEFAULT, ALTER COLUMN segment DROP DEFAULT;

-- A gateway is a given-out address too; its holder is the subnet itself.
ALTER TABLE subnets
  ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
  ADD COLUMN gateway inet;
ALTER TABLE subnets ALTER COLUMN version DROP DEFAULT;

-- Addresses that the nodes of a cluster have in their own network. Subnets of different VPCs may overlap, one network of a
-- node cannot hold an address twice: the primary key is what says so. A row that is leaving is one that no load balancer
-- wants any more and that some node may still have: nodes learn of it with that revision of their cluster and have let go
-- of it when they serve that generation of the load balancer, a newer one, or nothing.
CREATE TABLE served_addresses (
  cluster_id         text NOT NULL REFERENCES clusters,
  address            inet NOT NULL,
  data_center_id     text NOT NULL REFERENCES data_centers,
  tenant_id          text NOT NULL REFERENCES tenants,
  load_balancer_id   text NOT NULL,
  leaving_generation bigint,
  leaving_revision   bigint,
  PRIMARY KEY (cluster_id, address),
  CHECK ((leaving_generation IS NULL) = (leaving_revision IS NULL))
);
CREATE INDEX served_addresses_load_balancer ON served_addresses (load_balancer_id);
CREATE INDEX served_addresses_place ON served_addresses (data_center_id, address);
CREATE INDEX served_addresses_leaving ON served_addresses (cluster_id) WHERE leaving_revision IS NOT NULL;

INSERT INTO served_addresses (cluster_id, address, data_center_id, tenant_id, load_balancer_id)
  SELECT cluster_id, address, data_center_id, tenant_id, id FROM load_balancers ORDER BY id
  ON CONFLICT DO NOTHING;

-- Elastic IPs. ---------------------------------------------------------------------------------------------------------------

CREATE TABLE elastic_ip_pools (
  id             text PRIMARY KEY,
  data_center_id text NOT NULL REFERENCES data_centers,
  name           text NOT NULL UNIQUE,
  remark         text NOT NULL,
  default_route  boolean NOT NULL,
  version        bigint NOT NULL CHECK (version > 0),
  create_time    timestamptz NOT NULL
);

CREATE TABLE elastic_ip_ranges (
  pool_id        text NOT NULL REFERENCES elastic_ip_pools ON DELETE CASCADE,
  position       integer NOT NULL,
  data_center_id text NOT NULL REFERENCES data_centers,
  said           text NOT NULL,
  lowest         inet NOT NULL,
  highest        inet NOT NULL,
  PRIMARY KEY (pool_id, position),
  CHECK (family(lowest) = 4 AND family(highest) = 4 AND lowest <= highest)
);
CREATE INDEX elastic_ip_ranges_place ON elastic_ip_ranges (data_center_id, lowest);

-- One load balancer for an elastic IP is one column, one elastic IP for a load balancer a unique one.
CREATE TABLE elastic_ips (
  id               text PRIMARY KEY,
  tenant_id        text NOT NULL REFERENCES tenants,
  creator_id       text NOT NULL,
  data_center_id   text NOT NULL REFERENCES data_centers,
  pool_id          text NOT NULL REFERENCES elastic_ip_pools,
  address          inet NOT NULL,
  name             text NOT NULL,
  remark           text NOT NULL,
  load_balancer_id text UNIQUE REFERENCES load_balancers,
  version          bigint NOT NULL CHECK (version > 0),
  create_time      timestamptz NOT NULL,
  UNIQUE (data_center_id, address)
);
CREATE INDEX elastic_ips_of_tenant ON elastic_ips (tenant_id, create_time, id);
CREATE INDEX elastic_ips_pool ON elastic_ips (pool_id);

ALTER TABLE load_balancers DROP CONSTRAINT IF EXISTS load_balancers_network_type_check;
ALTER TABLE load_balancers
  ADD CONSTRAINT load_balancers_network_type_check CHECK (network_type IN ('INTERNAL', 'INTERNET'));

-- Instances. -----------------------------------------------------------------------------------------------------------------

-- The first address is the primary one. Each of them is a row of subnet_addresses as well, which keeps others off.
CREATE TABLE instances (
  id          text PRIMARY KEY,
  tenant_id   text NOT NULL REFERENCES tenants,
  creator_id  text NOT NULL,
  vpc_id      text NOT NULL REFERENCES vpcs,
  name        text NOT NULL,
  remark      text NOT NULL,
  addresses   text[] NOT NULL CHECK (cardinality(addresses) > 0),
  version     bigint NOT NULL CHECK (version > 0),
  create_time timestamptz NOT NULL,
  UNIQUE (vpc_id, name)
);
CREATE INDEX instances_of_tenant ON instances (tenant_id, create_time, id);

-- A member of an instance has the instance's primary address, whatever that is, or one of its addresses for good.
ALTER TABLE members
  ADD COLUMN instance_id text REFERENCES instances,
  ADD COLUMN follows_primary boolean NOT NULL DEFAULT false,
  ADD CHECK (instance_id IS NOT NULL OR NOT follows_primary);
ALTER TABLE members ALTER COLUMN follows_primary DROP DEFAULT;
CREATE INDEX members_instance ON members (instance_id) WHERE instance_id IS NOT NULL;
