-- Servers of the Model Context Protocol that an organisation's agents use tools of: programs that run in the sandbox, and
-- services of the network. Only administrators see and change them.
create table mcp_servers (
    server_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    -- Before the names of its tools; policies name those, so it stays.
    name varchar(24) not null check (name ~ '^[A-Za-z][A-Za-z0-9_-]*$' and name !~ '__'),
    transport varchar(10) not null check (transport in ('stdio', 'http')),
    -- The program's path, or the address.
    place text not null,
    arguments text[] not null default '{}',
    -- Variables of the program's environment, or headers: a JSON object, sealed by the program. The names stand beside it.
    secrets_encrypted text,
    secret_names text[] not null default '{}',
    -- What an authorisation server gave, and how to get more of it: a JSON object, sealed.
    oauth_encrypted text,
    is_enabled boolean not null default true,
    -- Whether its word counts that a tool changes nothing.
    is_trusted boolean not null default false,
    -- The system's agents that use its tools, by name.
    agents text[] not null default '{}',
    -- Grows with every change of how it is reached.
    revision integer not null default 1,
    -- How the last connection of any process went.
    state varchar(12) not null default 'new' check (state in ('new', 'connected', 'resting', 'failing', 'unauthorised')),
    state_since timestamptz not null default now(),
    last_error text,
    last_seen_at timestamptz,
    -- Of the handshake.
    latency_ms integer,
    protocol_version varchar(40),
    title text,
    version text,
    -- Lists of {name, address, description}.
    resources jsonb not null default '[]',
    prompts jsonb not null default '[]',
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    constraint mcp_servers_name_key unique (org_id, name)
);

-- What servers offer, as they say it now and as an administrator has approved it. Agents have what was approved.
create table mcp_tools (
    entry_id uuid primary key,
    server_id uuid not null references mcp_servers on delete cascade,
    org_id uuid not null,
    -- A tool of the server's, or one that reads its resources or prompts.
    kind varchar(20) not null
        check (kind in ('tool', 'list_resources', 'read_resource', 'list_prompts', 'get_prompt')),
    -- As the server calls it.
    name text not null,
    description text not null,
    schema jsonb not null,
    is_read_only boolean not null,
    -- Why it cannot be used.
    problem text,
    -- Grows with every change of the above, so that nobody approves what they have not seen.
    version integer not null default 1,
    approved_description text,
    approved_schema jsonb,
    approved_read_only boolean,
    approved_at timestamptz,
    tool_id uuid references tools on delete set null,
    first_seen_at timestamptz not null default now(),
    gone_at timestamptz,
    constraint mcp_tools_name_key unique (server_id, kind, name),
    check ((approved_at is null) = (approved_schema is null))
);

alter table mcp_servers enable row level security;
alter table mcp_servers force row level security;
create policy administrators on mcp_servers
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and (select alma_is_superuser()))
    );

alter table mcp_tools enable row level security;
alter table mcp_tools force row level security;
create policy administrators on mcp_tools
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and (select alma_is_superuser()))
    );
