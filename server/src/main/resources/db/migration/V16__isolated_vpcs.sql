-- Each revision of a cluster asks which of the VPCs its load balancers live in have networks of their own. Most have none, and
-- their rows need not be read to find that out.
CREATE INDEX vpcs_with_networks ON vpcs (id) WHERE segment ->> 'type' <> 'HOST';
