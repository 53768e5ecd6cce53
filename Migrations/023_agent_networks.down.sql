drop table agent_networks;
