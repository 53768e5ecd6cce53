-- Links by which people join an organisation. Of what a link carries only the hash is kept.
create table organisation_invitations (
    invitation_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    role varchar(10) not null default 'member' check (role in ('admin', 'member')),
    -- Whom it is for; null for whoever has the link.
    email varchar(255) check (email = lower(email)),
    token_hash bytea not null unique check (length(token_hash) = 32),
    uses_left integer not null default 1 check (uses_left >= 0),
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

create index organisation_invitations_org on organisation_invitations (org_id, created_at);
create index organisation_invitations_expiry on organisation_invitations (expires_at);

alter table organisation_invitations enable row level security;
alter table organisation_invitations force row level security;
create policy system on organisation_invitations using ((select alma_is_system()));
