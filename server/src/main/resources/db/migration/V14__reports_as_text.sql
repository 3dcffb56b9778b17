-- Reports are read as wholes: to take them apart when they come, and put them together when they are asked for, is in vain.
ALTER TABLE load_balancer_observations ALTER COLUMN report TYPE json USING report::json;
