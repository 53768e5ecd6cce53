drop policy managers on tool_policies;
drop policy owners on tool_policies;
select set_config('alma.system', 'on', true);
-- A table without the column could take the organisation's word for the person's.
delete from tool_policies where by_organisation and user_id is not null;
select set_config('alma.system', '', true);
alter table tool_policies
    drop constraint tool_policies_one_wish,
    drop column by_organisation,
    add unique nulls not distinct (org_id, user_id, agent_id, tool_name, security_level);
create policy owners on tool_policies
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));
create policy managers on tool_policies
    using (org_id = (select alma_org()) and user_id is null and (select alma_manages(alma_org())));
