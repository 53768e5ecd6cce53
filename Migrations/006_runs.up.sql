-- Processes that carry runs. One that is silent for too long is taken for dead, and its runs are taken over.
create table workers (
    worker_id uuid primary key,
    started_at timestamptz not null default now(),
    -- `-infinity` once it has said goodbye.
    heartbeat_at timestamptz not null default now()
) with (fillfactor = 50);

-- One turn of an agent in a conversation. Its text and steps are in `run_events`; here is where it stands.
create table runs (
    run_id uuid primary key,
    -- The conversation's; it is the conversation that they are deleted with.
    org_id uuid not null,
    user_id uuid not null,
    conversation_id uuid not null references conversations on delete cascade,
    -- Not references: checked when the run begins, and remembered when agent or model are gone.
    agent_id uuid not null,
    model_id uuid,
    user_message_id uuid not null,
    -- The answer's key, known before it is written.
    message_id uuid not null unique,
    state varchar(10) not null default 'queued' check (
        state in ('queued', 'running', 'waiting', 'paused', 'stopping', 'completed', 'failed', 'cancelled')
    ),
    priority smallint not null default 5,
    attempt integer not null default 0,
    -- A worker that does not exist cannot hold a run: whose worker is silent is found from the few workers.
    lease_owner uuid references workers,
    -- The fencing token: grows with every claim, and every write has to name it.
    lease_epoch bigint not null default 0,
    -- Somebody on another node reads along; only then are others told, as telling halves the commit rate.
    watched boolean not null default false,
    cancel_requested_at timestamptz,
    idempotency_key varchar(255),
    request_hash bytea,
    error_code varchar(100),
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    check ((finished_at is not null) = (state in ('completed', 'failed', 'cancelled'))),
    check ((idempotency_key is null) = (request_hash is null)),
    check (lease_owner is null or state in ('running', 'stopping')),
    constraint runs_idempotency_key unique (user_id, idempotency_key)
) with (fillfactor = 70);

-- What waits, in the order in which it is taken; as small as the queue, however many runs have been.
create index runs_queue on runs (priority desc, created_at, run_id) where state = 'queued';
create index runs_held on runs (lease_owner) where lease_owner is not null;
-- A conversation has one turn at a time.
create unique index runs_one_active on runs (conversation_id) where finished_at is null;
create index runs_conversation on runs (conversation_id, run_id desc);

-- The log: append-only, dense from 1, the truth of which all else is a view. `json`, not `jsonb`, because the bytes
-- must come out as they went in. It carries neither organisation nor user nor a reference to its run: this is the
-- most written table, appends lock the run's row anyway, and a reader's right is one look at the run, below.
create table run_events (
    run_id uuid not null,
    sequence bigint not null check (sequence > 0),
    type varchar(30) not null,
    data json not null,
    timestamp timestamptz not null,
    primary key (run_id, sequence)
) partition by range (run_id);

create table run_events_default partition of run_events default;
alter table run_events_default enable row level security;
alter table run_events_default force row level security;
create policy system on run_events_default using ((select alma_is_system()));

-- Volatile, so that it looks with eyes of its own: called while a claim returns the row it has just locked, it sees
-- what the earlier holder committed after the claim had begun.
create function last_sequence(run uuid) returns bigint
language plpgsql volatile
as $$
begin
    return (select coalesce(max(sequence), 0) from run_events where run_id = run);
end
$$;

-- A run takes its log along. Not by reference: checking one would be the most expensive part of every append.
create function delete_run_events() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    asker constant text := coalesce(current_setting('alma.system', true), '');
begin
    -- The runs are gone already, and with them whatever else would show their events.
    perform set_config('alma.system', 'on', true);
    delete from run_events where run_id in (select run_id from gone);
    perform set_config('alma.system', asker, true);
    return null;
end
$$;
revoke all on function delete_run_events() from public;

create trigger delete_run_events
    after delete on runs
    referencing old table as gone
    for each statement execute function delete_run_events();

-- What every model call cost. It has no references: it stays true when conversation, model and person are gone.
create table usage_records (
    usage_id uuid primary key,
    org_id uuid not null,
    user_id uuid not null,
    run_id uuid not null,
    conversation_id uuid not null,
    agent_id uuid not null,
    model_id uuid not null,
    model_name varchar(100) not null,
    attempt integer not null,
    input_tokens integer not null check (input_tokens >= 0),
    output_tokens integer not null check (output_tokens >= 0),
    cached_tokens integer not null check (cached_tokens >= 0),
    -- To a millionth of the currency; null when the model has no price.
    cost numeric(18, 6) check (cost >= 0),
    currency varchar(10),
    -- Seconds.
    response_time double precision not null,
    first_token_time double precision,
    succeeded boolean not null,
    created_at timestamptz not null default now(),
    check (cost is null or currency is not null)
);

create index usage_records_org on usage_records (org_id, created_at);
create index usage_records_user on usage_records (user_id, created_at);
create index usage_records_run on usage_records (run_id);

alter table workers enable row level security;
alter table workers force row level security;
create policy system on workers
    using ((select alma_is_system()));

alter table runs enable row level security;
alter table runs force row level security;
create policy owner on runs
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );

-- The run's own policy decides: of a run that cannot be seen there is no log.
alter table run_events enable row level security;
alter table run_events force row level security;
create policy owner on run_events
    using (
        (select alma_is_system()) or exists (select from runs where runs.run_id = run_events.run_id)
    );

alter table usage_records enable row level security;
alter table usage_records force row level security;
create policy owner on usage_records for select
    using (org_id = (select alma_org()) and user_id = (select alma_user()));
create policy system on usage_records
    using ((select alma_is_system()));
