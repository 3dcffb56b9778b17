-- Lists: what they are sorted by most. --------------------------------------------------------------------------------------

CREATE INDEX load_balancers_by_name ON load_balancers (tenant_id, name, id);
CREATE INDEX load_balancers_by_address ON load_balancers (tenant_id, address, id);
CREATE INDEX load_balancers_by_change ON load_balancers (tenant_id, update_time, id);

-- A digest of what a report says beyond numbers; empty until the next report.
ALTER TABLE load_balancer_observations ADD COLUMN essence text NOT NULL DEFAULT '';
ALTER TABLE load_balancer_observations ALTER COLUMN essence DROP DEFAULT;

-- What changed, for those who follow. Events get their numbers after they were committed, see the class Events. -------------

CREATE TABLE events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id        text NOT NULL REFERENCES tenants,
  number           bigint,
  event_time       timestamptz NOT NULL,
  kind             text NOT NULL,
  resource_id      text NOT NULL,
  load_balancer_id text,
  generation       bigint,
  what             text NOT NULL CHECK (what IN ('CREATED', 'UPDATED', 'DELETED', 'STATUS')),
  private_to       text,
  for_administrators boolean NOT NULL
);
CREATE UNIQUE INDEX events_in_order ON events (tenant_id, number);
CREATE INDEX events_without_number ON events (tenant_id, id) WHERE number IS NULL;
CREATE INDEX events_age ON events (event_time);

-- The row is also the lock of whoever gives numbers.
CREATE TABLE event_numbers (
  tenant_id text PRIMARY KEY REFERENCES tenants,
  last      bigint NOT NULL
);

-- Whether those who follow were told last that the node is live; what is true is computed from report_time.
ALTER TABLE node_observations ADD COLUMN announced_live boolean NOT NULL DEFAULT true;
