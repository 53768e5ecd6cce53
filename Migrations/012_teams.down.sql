select set_config('alma.system', 'on', true);
delete from runs where parent_run_id is not null;
delete from agents where agent_type = 'system' and name in ('orchestrator', 'coding', 'web', 'file');
select set_config('alma.system', '', true);

drop index runs_one_active;
drop index runs_tree;
drop index runs_children;
alter table runs
    drop column result,
    drop column task,
    drop column parent_call_id,
    drop column depth,
    drop column root_run_id,
    drop column parent_run_id;
create unique index runs_one_active on runs (conversation_id) where finished_at is null;
