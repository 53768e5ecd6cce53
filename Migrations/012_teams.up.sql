-- A task of another run: a child is a whole run with its own log, usage and end, which belongs to its parent.
alter table runs
    add column parent_run_id uuid references runs on delete cascade,
    -- The turn that all of them serve; a turn is its own.
    add column root_run_id uuid,
    add column depth smallint not null default 0 check (depth between 0 and 10),
    -- The parent's call, and of a plan the task, that it answers: asking twice makes one child.
    add column parent_call_id varchar(200),
    -- What it is to do, with what: a JSON object.
    add column task json,
    -- Its answer. A turn's is a message of the conversation.
    add column result text;

select set_config('alma.system', 'on', true);
update runs set root_run_id = run_id;
select set_config('alma.system', '', true);

alter table runs
    alter column root_run_id set not null,
    add check ((parent_run_id is null) = (parent_call_id is null)),
    add check ((parent_run_id is null) = (task is null)),
    add check ((parent_run_id is null) = (depth = 0)),
    add check ((parent_run_id is null) = (root_run_id = run_id));

create unique index runs_children on runs (parent_run_id, parent_call_id) where parent_run_id is not null;
create index runs_tree on runs (root_run_id) where parent_run_id is not null;

-- A conversation has one turn at a time; its children are part of it.
drop index runs_one_active;
create unique index runs_one_active on runs (conversation_id) where finished_at is null and parent_run_id is null;
