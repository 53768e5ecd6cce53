-- What agents can do. The system's own tools are in the program, which writes their rows at its start; others belong to
-- an organisation.
create table tools (
    tool_id uuid primary key,
    org_id uuid references organisations on delete cascade,
    -- As models call it.
    name varchar(64) not null check (name ~ '^[A-Za-z0-9_-]+$'),
    description text not null check (description <> ''),
    tool_type varchar(50) not null default 'builtin',
    schema jsonb not null check (jsonb_typeof(schema) = 'object'),
    is_system_tool boolean not null generated always as (org_id is null) stored,
    security_level varchar(20) not null check (security_level in ('read_only', 'safe_execute', 'privileged')),
    effect varchar(20) not null check (effect in ('pure', 'idempotent', 'effectful')),
    is_active boolean not null default true,
    version varchar(20) not null default '1.0.0',
    created_at timestamptz not null default now()
);

create unique index tools_system_name on tools (name) where org_id is null;
create unique index tools_own_name on tools (org_id, name) where org_id is not null;

-- Which agent may use which tool, and how.
create table agent_tools (
    agent_id uuid not null references agents on delete cascade,
    tool_id uuid not null references tools on delete cascade,
    configuration jsonb not null default '{}' check (jsonb_typeof(configuration) = 'object'),
    is_enabled boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (agent_id, tool_id)
);

create index agent_tools_tool on agent_tools (tool_id);

alter table tools enable row level security;
alter table tools force row level security;
create policy readers on tools for select
    using (
        (select alma_is_system()) or (org_id is null and (select alma_user()) is not null)
        or org_id = (select alma_org())
    );
create policy members on tools
    using ((select alma_is_system()) or org_id = (select alma_org()));

alter table agent_tools enable row level security;
alter table agent_tools force row level security;
-- Whoever sees the agent sees its tools; whoever owns it changes them.
create policy readers on agent_tools for select
    using (
        (select alma_is_system()) or exists (select from agents where agents.agent_id = agent_tools.agent_id)
    );
create policy owners on agent_tools
    using (
        (select alma_is_system()) or exists (
            select from agents
            where agents.agent_id = agent_tools.agent_id and agents.org_id = (select alma_org())
                and agents.user_id = (select alma_user())
        )
    );
