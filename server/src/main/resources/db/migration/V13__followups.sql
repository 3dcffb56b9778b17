-- What is looked for after every report, and is hardly ever there. -----------------------------------------------------------
CREATE INDEX members_draining ON members (pool_id) WHERE mode = 'DRAINING';
CREATE INDEX load_balancers_deleted ON load_balancers (cluster_id, id) WHERE delete_time IS NOT NULL;
