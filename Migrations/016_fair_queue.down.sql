drop table provider_calls;
alter table user_statistics drop column served_at;
drop index runs_at_work;
drop index runs_queue;
create index runs_queue on runs (priority desc, created_at, run_id) where state = 'queued';
alter table runs drop column replaced_agent_id, drop column provider_id, drop column urgency;
