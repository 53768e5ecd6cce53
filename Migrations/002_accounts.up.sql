-- Every resource belongs to an organisation; each person has one of their own from the first day.
create table organisations (
    org_id uuid primary key,
    name varchar(100) not null,
    is_personal boolean not null default false,
    created_at timestamptz not null default now()
);

create table users (
    user_id uuid primary key,
    nickname varchar(50) not null check (nickname <> ''),
    -- Kept in lower case: an address is one account however it is typed.
    email varchar(255) not null constraint users_email_key unique check (email = lower(email)),
    hashed_password varchar(255) not null,
    created_at timestamptz not null default now(),
    last_login_at timestamptz,
    is_superuser boolean not null default false,
    -- Three states, where a lone is_active could not tell "not yet" from "no longer".
    status varchar(10) not null default 'active' check (status in ('active', 'pending', 'disabled')),
    is_active boolean not null generated always as (status = 'active') stored,
    timezone varchar(50) not null default 'UTC+8:00',
    language varchar(10) not null default 'zh-CN' check (language in ('zh-CN', 'en')),
    preferences jsonb not null default '{}' check (jsonb_typeof(preferences) = 'object')
        constraint users_preferences_size check (pg_column_size(preferences) <= 65536),
    -- Access tokens that were issued before this moment are void: they live on in browsers and scripts.
    tokens_valid_after timestamptz not null default 'epoch',
    home_org_id uuid not null references organisations
);

-- Lays one JSON object over another (RFC 7396): objects are merged, null takes a member away, anything else replaces.
create function merge_json(target jsonb, patch jsonb) returns jsonb
language plpgsql immutable parallel safe
as $$
begin
    if jsonb_typeof(patch) is distinct from 'object' then
        return patch;
    end if;
    return coalesce(
        (
            select jsonb_object_agg(key, case when new.value is null then old.value else merge_json(old.value, new.value) end)
            from jsonb_each(case when jsonb_typeof(target) = 'object' then target else '{}' end) old
            full join jsonb_each(patch) new using (key)
            where new.value is null or new.value <> 'null'
        ),
        '{}'
    );
end
$$;

create index users_created_at on users (created_at);

create table memberships (
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    role varchar(10) not null default 'member' check (role in ('owner', 'admin', 'member')),
    created_at timestamptz not null default now(),
    primary key (org_id, user_id)
);

create index memberships_user on memberships (user_id);

-- The counters of `users` live apart: the user's row is read at every request and must not change at every message,
-- and a list's total is that of one organisation.
create table user_statistics (
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    total_conversations integer not null default 0,
    archived_conversations integer not null default 0,
    total_messages integer not null default 0,
    primary key (org_id, user_id)
);

create index user_statistics_user on user_statistics (user_id);

-- Browser sessions. Of the token only the hash is kept, so that a stolen backup opens no session.
create table sessions (
    session_id uuid primary key,
    token_hash bytea not null unique check (length(token_hash) = 32),
    user_id uuid not null references users on delete cascade,
    org_id uuid not null,
    csrf_token text not null,
    user_agent varchar(300),
    address varchar(64),
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- Whoever leaves an organisation loses the sessions in it.
    foreign key (org_id, user_id) references memberships on delete cascade
);

create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- The API's refresh tokens: each is good for one use and names its successor. A second use means that somebody else
-- has a copy, and revokes the whole family.
create table refresh_tokens (
    token_id uuid primary key,
    family_id uuid not null,
    user_id uuid not null references users on delete cascade,
    token_hash bytea not null unique check (length(token_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    replaced_by uuid,
    revoked_at timestamptz
);

create index refresh_tokens_family on refresh_tokens (family_id);
create index refresh_tokens_user on refresh_tokens (user_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- Failed sign-ins by account and address together: whoever guesses locks out their own address, not the owner.
-- The account is a hash of what was typed, whether there is such an account or not.
create table login_attempts (
    account_hash bytea not null,
    address varchar(64) not null,
    failures integer not null default 0,
    -- The attempt that was let through last; it tells the one who asks whether it was theirs.
    last_attempt uuid,
    last_failure_at timestamptz not null,
    locked_until timestamptz,
    -- Somebody has signed in from here: the limits across addresses, which a crowd of strangers can reach, pass by.
    last_success_at timestamptz,
    primary key (account_hash, address)
);

create index login_attempts_address on login_attempts (address, last_failure_at);
create index login_attempts_age on login_attempts (last_failure_at);

alter table organisations enable row level security;
alter table organisations force row level security;
create policy members on organisations
    using ((select alma_is_system()) or org_id = (select alma_org()));

alter table users enable row level security;
alter table users force row level security;
create policy self on users
    using ((select alma_is_system()) or user_id = (select alma_user()) or (select alma_is_superuser()));

-- Members see who else is there; who belongs where is decided by the server alone.
alter table memberships enable row level security;
alter table memberships force row level security;
create policy members on memberships for select
    using (user_id = (select alma_user()) or org_id = (select alma_org()));
create policy system on memberships
    using ((select alma_is_system()));

alter table user_statistics enable row level security;
alter table user_statistics force row level security;
create policy self on user_statistics
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );
create policy own_totals on user_statistics for select
    using (user_id = (select alma_user()));

alter table sessions enable row level security;
alter table sessions force row level security;
create policy self on sessions
    using ((select alma_is_system()) or user_id = (select alma_user()));

alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;
create policy self on refresh_tokens
    using ((select alma_is_system()) or user_id = (select alma_user()));

alter table login_attempts enable row level security;
alter table login_attempts force row level security;
create policy system on login_attempts
    using ((select alma_is_system()));
