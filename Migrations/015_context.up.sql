-- What models are told besides the conversation: by the organisation here, by the instance in `settings`, by people in
-- their preferences.
alter table organisations
    add column instruction text not null default '' check (length(instruction) <= 20000);

-- Whether a person or a model has named it; until then the title is the first words that were said. What was talked
-- about before this column keeps its title.
alter table conversations add column is_titled boolean not null default false;
select set_config('alma.system', 'on', true);
update conversations set is_titled = true where message_count > 0 or title <> 'New Chat';
select set_config('alma.system', '', true);

-- The older part of a conversation in few words. One for each message up to which it was told: where a talk has
-- branches, each has the summaries of its own way.
create table conversation_summaries (
    conversation_id uuid not null references conversations on delete cascade,
    up_to_message_id uuid not null,
    org_id uuid not null,
    user_id uuid not null,
    content text not null check (content <> ''),
    model_name varchar(100) not null,
    created_at timestamptz not null default now(),
    primary key (conversation_id, up_to_message_id)
);

-- What is to be written about a conversation when nobody waits for it. As small as what is left to do.
create table writing_tasks (
    conversation_id uuid primary key references conversations on delete cascade,
    org_id uuid not null,
    user_id uuid not null,
    -- The turn after which it was asked for: its models write, and it is charged.
    run_id uuid not null references runs on delete cascade,
    wants_title boolean not null,
    wants_summary boolean not null,
    -- A worker; one that is silent has lost it. Not a reference: workers come and go.
    lease_owner uuid,
    attempt integer not null default 0,
    due_at timestamptz not null default now()
);

create index writing_tasks_due on writing_tasks (due_at);
create index writing_tasks_run on writing_tasks (run_id);

-- What is written in the background is paid like a turn's own calls. No attempt at the run has such a call: what it sets
-- aside has the epoch 0, and holds for longer than it may take.
create function budget_reservation_holds(reservation budget_reservations, run runs) returns boolean
language sql stable
as $$
    select case reservation.epoch
        when 0 then reservation.created_at > now() - interval '2 minutes'
        else run.lease_epoch = reservation.epoch and run.lease_owner is not null
    end
$$;

-- What agents and programs keep with a conversation, by name.
create table conversation_variables (
    conversation_id uuid not null references conversations on delete cascade,
    name varchar(100) not null check (name ~ '^[A-Za-z0-9_.-]+$'),
    org_id uuid not null,
    user_id uuid not null,
    value json not null check (octet_length(value::text) <= 65536),
    updated_at timestamptz not null default now(),
    primary key (conversation_id, name)
);

-- Results of tools that are too large for the log: there stands an excerpt, and here all of it.
create table tool_results (
    run_id uuid not null references runs on delete cascade,
    call_id varchar(100) not null,
    org_id uuid not null,
    user_id uuid not null,
    conversation_id uuid not null,
    content text not null,
    created_at timestamptz not null default now(),
    primary key (run_id, call_id)
);

create index tool_results_conversation on tool_results (conversation_id, call_id);

-- What models were sent, call by call. Each row says how much of the call before it in the same attempt it repeats, and
-- what follows; instruction and tools, the same in most calls of a person's, are kept once, by their hash.
create table model_requests (
    run_id uuid not null references runs on delete cascade,
    -- The call's row in `usage_records`.
    request_id uuid not null,
    org_id uuid not null,
    user_id uuid not null,
    attempt integer not null,
    model_name varchar(100) not null,
    preamble_id bytea not null check (length(preamble_id) = 32),
    prefix_bytes integer not null check (prefix_bytes >= 0),
    suffix text not null,
    -- The order in which they were stored, which is that in which they were made.
    position bigint not null generated always as identity,
    created_at timestamptz not null default now(),
    primary key (run_id, request_id)
);

create table request_preambles (
    user_id uuid not null references users on delete cascade,
    org_id uuid not null,
    preamble_id bytea not null,
    content text not null,
    primary key (user_id, org_id, preamble_id)
);

alter table conversation_summaries enable row level security;
alter table conversation_summaries force row level security;
create policy owner on conversation_summaries
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table writing_tasks enable row level security;
alter table writing_tasks force row level security;
create policy owner on writing_tasks
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table conversation_variables enable row level security;
alter table conversation_variables force row level security;
create policy owner on conversation_variables
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table tool_results enable row level security;
alter table tool_results force row level security;
create policy owner on tool_results
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table model_requests enable row level security;
alter table model_requests force row level security;
create policy owner on model_requests
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table request_preambles enable row level security;
alter table request_preambles force row level security;
create policy owner on request_preambles
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));
