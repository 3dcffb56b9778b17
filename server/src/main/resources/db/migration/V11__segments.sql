-- VPCs with networks of their own. ------------------------------------------------------------------------------------------

-- Two VPCs in one namespace, or with one number, would be one network.
CREATE UNIQUE INDEX vpcs_netns ON vpcs (data_center_id, (segment ->> 'name')) WHERE segment ->> 'type' = 'NETNS';
CREATE UNIQUE INDEX vpcs_vxlan ON vpcs (data_center_id, (segment ->> 'vni')) WHERE segment ->> 'type' = 'VXLAN';

-- network: the VPC, if it has one of its own; empty for the one that the nodes are in themselves.
ALTER TABLE served_addresses ADD COLUMN network text NOT NULL DEFAULT '';
ALTER TABLE served_addresses ALTER COLUMN network DROP DEFAULT;
ALTER TABLE served_addresses DROP CONSTRAINT served_addresses_pkey, ADD PRIMARY KEY (cluster_id, network, address);

-- Nodes hold addresses of subnets with a VXLAN, one each.
CREATE INDEX subnet_addresses_nodes ON subnet_addresses (holder_id, subnet_id) WHERE starts_with(holder_id, 'node_');
