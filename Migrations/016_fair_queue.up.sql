-- Who is next is decided among people, not among runs: whoever queues a thousand does not stand before everybody else.
alter table runs
    -- Of the asker: also in `priority`, but a lift that people give themselves must not be had run after run.
    add column urgency varchar(6) not null default 'normal' check (urgency in ('high', 'normal', 'low')),
    -- Whose place the run holds while a worker has it: the provider of the model that it is to be answered by first.
    add column provider_id uuid,
    -- The agent that was asked and could not answer any more when the run was taken up; `agent_id` is who does instead.
    add column replaced_agent_id uuid;

-- One lane for each person, agent and chosen model, so that a lane that is at its limit is passed by at once. What goes on,
-- or serves a turn that has begun, comes before new turns of the same priority: what was begun is finished first.
drop index runs_queue;
create index runs_queue on runs (
    user_id, agent_id,
    -- Not `coalesce`: the planner does not trust it before row-level security has been asked, and reads the queue whole.
    (case when model_id is null then '00000000-0000-0000-0000-000000000000' else model_id end), priority desc,
    (attempt = 0 and parent_run_id is null), created_at, run_id
) where state = 'queued';
-- What somebody has at work.
create index runs_at_work on runs (user_id) where lease_owner is not null;

-- Since when somebody has not been served, as far as runs have ended.
alter table user_statistics add column served_at timestamptz;

-- The calls of the last minute to providers that allow only so many. A call is under way while it has not ended and its
-- run is still in the same hands: nobody has to tidy up after a worker that died.
create table provider_calls (
    call_id uuid primary key,
    -- Not references: a call goes on while its provider is deleted.
    provider_id uuid not null,
    run_id uuid not null,
    lease_epoch bigint not null,
    began_at timestamptz not null default now(),
    ended_at timestamptz
);

create index provider_calls_provider on provider_calls (provider_id, began_at);

alter table provider_calls enable row level security;
alter table provider_calls force row level security;
create policy system on provider_calls
    using ((select alma_is_system()));
