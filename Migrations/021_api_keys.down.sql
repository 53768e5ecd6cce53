alter table mcp_servers drop is_authorised;
drop table api_keys;
