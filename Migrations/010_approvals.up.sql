-- Which tool calls go ahead, which ask, which are refused: an organisation's wishes (user_id null) and people's own.
create table tool_policies (
    policy_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid references users on delete cascade,
    agent_id uuid references agents on delete cascade,
    tool_name varchar(64),
    security_level varchar(20) check (security_level in ('read_only', 'safe_execute', 'privileged')),
    decision varchar(10) not null check (decision in ('allow', 'ask', 'deny')),
    created_at timestamptz not null default now(),
    -- One wish for one thing.
    unique nulls not distinct (org_id, user_id, agent_id, tool_name, security_level)
);

create index tool_policies_agent on tool_policies (agent_id) where agent_id is not null;
create index tool_policies_user on tool_policies (user_id) where user_id is not null;

-- Tool calls that wait for a person's word, and what was said.
create table tool_approvals (
    run_id uuid not null references runs on delete cascade,
    call_id varchar(100) not null,
    org_id uuid not null,
    user_id uuid not null,
    agent_id uuid not null,
    tool_name varchar(64) not null,
    -- A JSON object, byte for byte.
    tool_input text not null,
    state varchar(10) not null default 'pending' check (state in ('pending', 'approved', 'denied')),
    edited_input text,
    decided_by uuid,
    decided_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (run_id, call_id),
    check ((state = 'pending') = (decided_at is null)),
    check ((decided_at is null) = (decided_by is null))
);

create index tool_approvals_pending on tool_approvals (org_id, user_id, created_at) where state = 'pending';

alter table tool_policies enable row level security;
alter table tool_policies force row level security;
create policy readers on tool_policies for select
    using (
        (select alma_is_system())
        or (org_id = (select alma_org()) and (user_id is null or user_id = (select alma_user())))
    );
create policy owners on tool_policies
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table tool_approvals enable row level security;
alter table tool_approvals force row level security;
create policy owner on tool_approvals
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );
