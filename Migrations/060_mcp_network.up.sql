-- Where the program of an MCP server may go, as agents' networks are written; nothing for no network.
alter table mcp_servers add network text[] not null default '{}';
