select set_config('alma.system', 'on', true);
delete from api_keys where scopes = array['openai'];
update api_keys set scopes = array_remove(scopes, 'openai') where 'openai' = any(scopes);
select set_config('alma.system', '', true);
alter table api_keys
    drop constraint api_keys_scopes_check,
    add constraint api_keys_scopes_check check (cardinality(scopes) > 0 and scopes <@ array['api', 'mcp', 'read', 'write', 'chat', 'admin']);
