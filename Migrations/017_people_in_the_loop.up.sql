-- What a person is asked: whether a call may be done, a question of the agent's own, or what became of a call that a crash
-- cut short. The same call may be asked about once in each way.
alter table tool_approvals
    add column kind varchar(20) not null default 'approval' check (kind in ('approval', 'question', 'maybe_executed')),
    -- The answer to a question, or a note on what was done.
    add column answer text,
    -- Nobody waits longer than this; null waits for ever.
    add column expires_at timestamptz,
    drop constraint tool_approvals_state_check,
    drop constraint tool_approvals_check1,
    drop constraint tool_approvals_pkey,
    add constraint tool_approvals_state_check check (
        state in ('pending', 'approved', 'denied', 'answered', 'again', 'done', 'stop', 'expired')
    ),
    -- Nobody decides that time has run out.
    add constraint tool_approvals_decided_by_check check ((decided_by is null) = (state in ('pending', 'expired'))),
    add primary key (run_id, call_id, kind);

create index tool_approvals_expiry on tool_approvals (expires_at) where state = 'pending' and expires_at is not null;

-- Seconds until a call that asks is taken for refused; null leaves it to the server's setting.
alter table tool_policies add column expires_after integer check (expires_after > 0);

-- Somebody asked the run to rest, and nobody has resumed it since.
alter table runs add column pause_requested_at timestamptz;

-- What people write while an answer is under way: to steer it, or to be said after it.
create table pending_messages (
    pending_id uuid primary key,
    org_id uuid not null,
    user_id uuid not null,
    conversation_id uuid not null references conversations on delete cascade,
    -- The run that it steers; null for one that waits for its turn.
    run_id uuid references runs on delete cascade,
    -- The message that it became, and after how many steps the run took it in: another worker puts it at the same place.
    -- It stays as long as the run works.
    message_id uuid,
    step smallint,
    -- It waits for a person to send or discard it: what was under way was stopped.
    is_held boolean not null default false,
    content text not null,
    -- Not references: checked when the turn begins.
    agent_id uuid,
    model_id uuid,
    urgency varchar(10) not null default 'normal' check (urgency in ('high', 'normal', 'low')),
    idempotency_key varchar(255),
    request_hash bytea,
    created_at timestamptz not null default now(),
    check ((step is null) = (message_id is null)),
    check (step is null or run_id is not null),
    check ((idempotency_key is null) = (request_hash is null)),
    constraint pending_messages_idempotency_key unique (user_id, idempotency_key)
);

create index pending_messages_conversation on pending_messages (conversation_id, pending_id);
create index pending_messages_run on pending_messages (run_id) where run_id is not null;

alter table pending_messages enable row level security;
alter table pending_messages force row level security;
create policy owner on pending_messages
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );
