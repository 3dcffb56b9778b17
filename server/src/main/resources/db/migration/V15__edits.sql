-- An edit changes a row of load_balancers and nothing that is looked up by an index, so its new version can stay in its page and
-- no index hears of it. Specs are found among those of their cluster; who sorts by the time of the last change sorts a tenant's.
DROP INDEX load_balancers_spec_digest;
DROP INDEX load_balancers_by_change;
ALTER TABLE load_balancers SET (fillfactor = 75);
ALTER TABLE members SET (fillfactor = 90);

-- Each status asks for the nodes of its cluster.
CREATE INDEX nodes_of_cluster ON nodes (cluster_id, id);
