select set_config('alma.system', 'on', true);
delete from tools where tool_type = 'mcp';
select set_config('alma.system', '', true);
drop table mcp_tools;
drop table mcp_servers;
