-- Security groups: rules that say which clients an INTERNET load balancer lets in. ------------------------------------------

CREATE TABLE security_groups (
  id             text PRIMARY KEY,
  tenant_id      text NOT NULL REFERENCES tenants,
  data_center_id text NOT NULL REFERENCES data_centers,
  creator_id     text NOT NULL,
  name           text NOT NULL,
  remark         text NOT NULL,
  version        bigint NOT NULL CHECK (version > 0),
  create_time    timestamptz NOT NULL,
  update_time    timestamptz NOT NULL,
  UNIQUE (tenant_id, data_center_id, name)
);
CREATE INDEX security_groups_of_tenant ON security_groups (tenant_id, create_time, id);

-- Absent ports are all of them.
CREATE TABLE security_group_rules (
  id                text PRIMARY KEY,
  tenant_id         text NOT NULL REFERENCES tenants,
  security_group_id text NOT NULL REFERENCES security_groups ON DELETE CASCADE,
  direction         text NOT NULL CHECK (direction IN ('INGRESS', 'EGRESS')),
  protocol          text NOT NULL CHECK (protocol IN ('TCP', 'UDP', 'ICMP', 'ALL')),
  from_port         integer CHECK (from_port BETWEEN 1 AND 65535),
  to_port           integer CHECK (to_port BETWEEN from_port AND 65535),
  cidrs             cidr[] NOT NULL CHECK (cardinality(cidrs) BETWEEN 1 AND 50),
  action            text NOT NULL CHECK (action IN ('ACCEPT', 'REJECT')),
  priority          integer NOT NULL CHECK (priority BETWEEN 1 AND 1000),
  description       text NOT NULL,
  version           bigint NOT NULL CHECK (version > 0),
  create_time       timestamptz NOT NULL,
  CHECK ((from_port IS NULL) = (to_port IS NULL)),
  CHECK (from_port IS NULL OR protocol IN ('TCP', 'UDP'))
);
CREATE INDEX security_group_rules_of_group ON security_group_rules (security_group_id);

ALTER TABLE load_balancers DROP CONSTRAINT IF EXISTS load_balancers_network_type_check;
ALTER TABLE load_balancers
  ADD CONSTRAINT load_balancers_network_type_check CHECK (network_type IN ('INTERNAL', 'INTERNET'));

-- None is no filter.
ALTER TABLE load_balancers
  ADD COLUMN security_group_id text REFERENCES security_groups,
  ADD CONSTRAINT load_balancers_security_group_check CHECK (security_group_id IS NULL OR network_type = 'INTERNET');
CREATE INDEX load_balancers_security_group ON load_balancers (security_group_id);
