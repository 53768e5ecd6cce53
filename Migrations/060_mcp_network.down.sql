alter table mcp_servers drop network;
