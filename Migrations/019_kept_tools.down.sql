alter table tools drop constraint tools_kept, drop time_limit, drop definition;
