-- Keys that people give to their agents' tools: sent to the places that are named here, seen by no model.
create table tool_secrets (
    secret_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    -- Null for one that the whole organisation's agents may use.
    user_id uuid references users on delete cascade,
    -- By which it is referred to, as {{secret:NAME}}.
    name varchar(64) not null check (name ~ '^[A-Za-z][A-Za-z0-9_-]*$'),
    -- Sealed by the program, bound to this row and column.
    value_encrypted text not null,
    -- Where it may be sent, such as api.example.org.
    hosts text[] not null check (cardinality(hosts) between 1 and 20),
    created_at timestamptz not null default now(),
    constraint tool_secrets_name_key unique nulls not distinct (org_id, user_id, name)
);

create index tool_secrets_user on tool_secrets (user_id) where user_id is not null;

alter table tool_secrets enable row level security;
alter table tool_secrets force row level security;
create policy readers on tool_secrets for select
    using (
        (select alma_is_system())
        or (org_id = (select alma_org()) and (user_id is null or user_id = (select alma_user())))
    );
-- What all may use, an administrator gives and takes.
create policy owners on tool_secrets
    using (
        (select alma_is_system())
        or (
            org_id = (select alma_org())
            and (user_id = (select alma_user()) or (user_id is null and (select alma_is_superuser())))
        )
    );
