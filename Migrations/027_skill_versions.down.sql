select set_config('alma.system', 'on', true);

delete from skill_files where until is not null;

select set_config('alma.system', '', true);

drop index skill_files_present;
alter table skill_files
    drop constraint skill_files_pkey,
    drop constraint skill_files_span,
    drop since, drop until,
    add primary key (skill_id, path);
drop table skill_versions;
alter table skills drop version;
