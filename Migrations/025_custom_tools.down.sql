drop table tool_versions;
drop policy makers on tools;
drop policy system on tools;
create policy members on tools
    using ((select alma_is_system()) or org_id = (select alma_org()));
drop function alma_makes_tools(uuid);
alter table organisations drop members_make_tools;
alter table tools drop user_id, drop updated_at;
