-- Who has made a tool that is kept here, and when it was changed last.
alter table tools
    add user_id uuid references users on delete set null,
    add updated_at timestamptz not null default now();

-- Whether members may make tools, or only those who lead the organisation.
alter table organisations add members_make_tools boolean not null default false;

-- Each form that a tool of people's has had: who gave it, when, and all that it was.
create table tool_versions (
    tool_id uuid not null references tools on delete cascade,
    version integer not null check (version > 0),
    org_id uuid not null,
    -- Not a reference: what was done stays known.
    user_id uuid,
    name varchar(64) not null,
    description text not null,
    schema jsonb not null,
    security_level varchar(20) not null,
    effect varchar(20) not null,
    time_limit integer not null,
    definition jsonb not null,
    created_at timestamptz not null default now(),
    primary key (tool_id, version)
);

-- Named in full: pg_dump looks at policies with no path to search.
create function alma_makes_tools(organisation uuid) returns boolean
language sql stable
as $$
    select organisation = public.alma_org() and (
        public.alma_manages(organisation) or exists (
            select from public.organisations o join public.memberships m on m.org_id = o.org_id
            where o.org_id = organisation and o.members_make_tools and m.user_id = public.alma_user()
        )
    )
$$;

-- Those who lead the organisation change all of its tools, others who may make some their own.
drop policy members on tools;
create policy system on tools
    using ((select alma_is_system()));
create policy makers on tools
    using (
        org_id = (select alma_org()) and (
            (select alma_manages(alma_org()))
            or (user_id = (select alma_user()) and (select alma_makes_tools(alma_org())))
        )
    );

alter table tool_versions enable row level security;
alter table tool_versions force row level security;
create policy system on tool_versions
    using ((select alma_is_system()));
create policy readers on tool_versions for select
    using (org_id = (select alma_org()));
create policy makers on tool_versions
    using (org_id = (select alma_org()) and (select alma_makes_tools(alma_org())));
