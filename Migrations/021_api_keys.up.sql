-- Keys by which people's programs ask in their name, without any power of an administrator's.
create table api_keys (
    key_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    name varchar(100) not null,
    -- SHA-256 of the key, which is shown once: it is 256 random bits.
    key_hash bytea not null unique,
    -- Its last letters, by which its person tells it from others.
    hint varchar(8) not null,
    scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['api', 'mcp']),
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now()
);

create index api_keys_user on api_keys (user_id);

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy owner on api_keys
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

-- The other direction: whether the tokens of an MCP server are there, or only asked for.
alter table mcp_servers add is_authorised boolean not null default false;
