-- Whose things are, how many there may be, and what was done to them. -------------------------------------------------------

-- A tenant's user changes what it made. What was made before anybody noted it is the tenant's oldest user's.
ALTER TABLE load_balancers ADD COLUMN creator_id text;
ALTER TABLE vpcs ADD COLUMN creator_id text;
ALTER TABLE subnets ADD COLUMN creator_id text;

CREATE TEMPORARY TABLE oldest_users ON COMMIT DROP AS
  SELECT DISTINCT ON (tenant_id) tenant_id, id FROM users ORDER BY tenant_id, create_time, id;
UPDATE load_balancers t SET creator_id = COALESCE((SELECT o.id FROM oldest_users o WHERE o.tenant_id = t.tenant_id), 'system');
UPDATE vpcs t SET creator_id = COALESCE((SELECT o.id FROM oldest_users o WHERE o.tenant_id = t.tenant_id), 'system');
UPDATE subnets t SET creator_id = COALESCE((SELECT o.id FROM oldest_users o WHERE o.tenant_id = t.tenant_id), 'system');

ALTER TABLE load_balancers ALTER COLUMN creator_id SET NOT NULL;
ALTER TABLE vpcs ALTER COLUMN creator_id SET NOT NULL;
ALTER TABLE subnets ALTER COLUMN creator_id SET NOT NULL;

-- How much a tenant may have, where that is not what every tenant may have: {"LOAD_BALANCERS": 50}. The row is also what
-- those who add something wait for, so that two at once cannot both take the last place.
CREATE TABLE quotas (
  tenant_id text PRIMARY KEY REFERENCES tenants,
  limits    jsonb NOT NULL
);

-- What counting a tenant's things needs.
CREATE INDEX listeners_of_tenant ON listeners (tenant_id);
CREATE INDEX pools_of_tenant ON pools (tenant_id);
CREATE INDEX members_of_tenant ON members (tenant_id);
CREATE INDEX rules_of_tenant ON rules (tenant_id);
CREATE INDEX subnets_of_tenant ON subnets (tenant_id);

-- A part's event tells of the whole too. What a private thing looked like is for one user's eyes.
ALTER TABLE audit_events ADD COLUMN user_id text;
ALTER TABLE audit_events ADD COLUMN part_of text;
ALTER TABLE audit_events ADD COLUMN private_to text;
UPDATE audit_events SET user_id = COALESCE((SELECT k.user_id FROM api_keys k WHERE k.id = actor), 'system');
ALTER TABLE audit_events ALTER COLUMN user_id SET NOT NULL;
CREATE INDEX audit_events_part_of ON audit_events (tenant_id, part_of, event_time);
CREATE INDEX audit_events_request ON audit_events (tenant_id, request_id);

-- The server's own database role owns the table, so rights alone would not keep it from changing the past.
CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_events is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past();
