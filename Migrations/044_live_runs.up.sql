-- The turns of one person, the newest first, however many others there are.
create index runs_user on runs (user_id, run_id desc) where parent_run_id is null;

-- Which machine a worker is on, and which version of the program it is.
alter table workers
    add column node varchar(100),
    add column version varchar(50);
