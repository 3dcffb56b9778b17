-- What is wrong with a node as a whole, in its words.
ALTER TABLE node_observations ADD COLUMN problems text[] NOT NULL DEFAULT '{}';
ALTER TABLE node_observations ALTER COLUMN problems DROP DEFAULT;

-- Observations of agents that counted no packets and said nothing of what they lack. They are replaced by the next
-- full report; without them a node is simply not heard of yet.
DELETE FROM load_balancer_observations;
DELETE FROM node_observations;
