alter table workers
    drop column node,
    drop column version;
drop index runs_user;
