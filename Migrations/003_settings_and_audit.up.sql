-- What holds for the whole instance, and is changed while it runs.
create table settings (
    name varchar(100) primary key,
    value text not null,
    updated_at timestamptz not null default now(),
    updated_by uuid
);

alter table settings enable row level security;
alter table settings force row level security;
create policy readers on settings for select
    using ((select alma_is_system()) or (select alma_user()) is not null);
create policy administrators on settings
    using ((select alma_is_system()) or (select alma_is_superuser()));

-- Who did what, and from where. It has no references, because it outlives everything it speaks of; it has no policy
-- for changing or deleting, so that nobody can, by any question of ours.
create table audit_events (
    audit_id uuid primary key,
    org_id uuid,
    user_id uuid,
    action varchar(100) not null check (action <> ''),
    target varchar(200),
    detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
    address varchar(64),
    created_at timestamptz not null default now()
);

create index audit_events_org on audit_events (org_id, audit_id desc);
create index audit_events_user on audit_events (user_id, audit_id desc);

alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy writers on audit_events for insert
    with check (
        (select alma_is_system())
        or (user_id = (select alma_user()) and org_id is not distinct from (select alma_org()))
    );
create policy readers on audit_events for select
    using ((select alma_is_system()) or user_id = (select alma_user()) or (select alma_is_superuser()));
