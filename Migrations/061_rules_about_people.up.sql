-- Whose word a rule is. The organisation says what its people's agents may do, of one of them as of all; a person says what their
-- own may. Both may speak of the same person, and nobody takes the other's word away.
alter table tool_policies add column by_organisation boolean not null default false;
select set_config('alma.system', 'on', true);
update tool_policies set by_organisation = true where user_id is null;
select set_config('alma.system', '', true);
alter table tool_policies
    alter column by_organisation drop default,
    add check (by_organisation or user_id is not null),
    drop constraint tool_policies_org_id_user_id_agent_id_tool_name_security_le_key,
    add constraint tool_policies_one_wish
        unique nulls not distinct (org_id, user_id, agent_id, tool_name, security_level, by_organisation);

drop policy owners on tool_policies;
create policy owners on tool_policies
    using (
        (select alma_is_system())
        or (not by_organisation and org_id = (select alma_org()) and user_id = (select alma_user()))
    );
drop policy managers on tool_policies;
create policy managers on tool_policies
    using (by_organisation and org_id = (select alma_org()) and (select alma_manages(alma_org())));
