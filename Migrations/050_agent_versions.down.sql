drop function alma_agent_definition(uuid);
drop table agent_versions;
alter table agents drop version;
