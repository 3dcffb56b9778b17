-- What nodes say of their role, and what an operator has to know of a cluster. -------------------------------------------

-- Numbers that nodes know each other by. Revoked nodes keep theirs until they are deleted.
CREATE UNIQUE INDEX clusters_router_id ON clusters (data_center_id, ((vrrp ->> 'routerId')::integer));
CREATE UNIQUE INDEX nodes_priority ON nodes (cluster_id, priority) WHERE priority > 0;

-- Which problems those who follow were told of last; what is true is computed.
ALTER TABLE clusters ADD COLUMN announced_problems text[] NOT NULL DEFAULT '{}';

-- captured_time: by the node's clock. role_time: when it first said that role, primary_time: when it last said that it is
-- the primary, both by the server's clock. target_*: a revision that was wanted when it was chosen; the next one is
-- chosen when the node has applied it. So a node that keeps up always has a young target, however many changes there are.
-- Observations of agents that said none of this are replaced by their next full report.
DELETE FROM load_balancer_observations;
DELETE FROM node_observations;
ALTER TABLE node_observations
  ADD COLUMN applied_revision bigint      NOT NULL,
  ADD COLUMN captured_time    timestamptz NOT NULL,
  ADD COLUMN role             jsonb       NOT NULL,
  ADD COLUMN role_time        timestamptz NOT NULL,
  ADD COLUMN primary_time     timestamptz,
  ADD COLUMN target_revision  bigint      NOT NULL,
  ADD COLUMN target_time      timestamptz NOT NULL;
