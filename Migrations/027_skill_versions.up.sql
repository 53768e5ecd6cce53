-- Each form that a skill has had: who gave it, when, and its text. Files stand beside it by the versions they are in.
alter table skills add version integer not null default 1 check (version > 0);

create table skill_versions (
    skill_id uuid not null references skills on delete cascade,
    version integer not null check (version > 0),
    org_id uuid not null,
    -- Not a reference: what was done stays known.
    user_id uuid,
    name varchar(64) not null,
    description text not null,
    instructions text not null,
    created_at timestamptz not null default now(),
    primary key (skill_id, version)
);

-- A file is in the versions from `since` on, before `until`: what a change leaves alone is kept once.
alter table skill_files
    add since integer not null default 1,
    add until integer,
    add constraint skill_files_span check (until > since),
    drop constraint skill_files_pkey,
    add primary key (skill_id, path, since);

create unique index skill_files_present on skill_files (skill_id, path) where until is null;

alter table skill_versions enable row level security;
alter table skill_versions force row level security;
create policy system on skill_versions
    using ((select alma_is_system()));
create policy readers on skill_versions for select
    using (org_id = (select alma_org()));
create policy makers on skill_versions
    using (org_id = (select alma_org()) and (select alma_makes_tools(alma_org())));

select set_config('alma.system', 'on', true);

insert into skill_versions (skill_id, version, org_id, user_id, name, description, instructions, created_at)
select skill_id, version, org_id, user_id, name, description, instructions, updated_at from skills;

select set_config('alma.system', '', true);
