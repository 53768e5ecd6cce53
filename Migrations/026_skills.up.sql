-- Instructions for special work, with files: agents know their names and what they are for, and open them when needed.
create table skills (
    skill_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    -- Who has made it.
    user_id uuid references users on delete set null,
    name varchar(64) not null check (name ~ '^[a-z0-9][a-z0-9-]*$'),
    description text not null check (length(description) between 1 and 1024),
    instructions text not null check (length(instructions) between 1 and 100000),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint skills_name_key unique (org_id, name)
);

create table skill_files (
    skill_id uuid not null references skills on delete cascade,
    path varchar(300) not null check (path <> ''),
    org_id uuid not null,
    content bytea not null check (octet_length(content) <= 1048576),
    primary key (skill_id, path)
);

-- Which agent may open which.
create table agent_skills (
    agent_id uuid not null references agents on delete cascade,
    skill_id uuid not null references skills on delete cascade,
    created_at timestamptz not null default now(),
    primary key (agent_id, skill_id)
);

create index agent_skills_skill on agent_skills (skill_id);

alter table skills enable row level security;
alter table skills force row level security;
create policy system on skills
    using ((select alma_is_system()));
create policy readers on skills for select
    using (org_id = (select alma_org()));
-- As with tools: those who lead the organisation change all, others who may make some their own.
create policy makers on skills
    using (
        org_id = (select alma_org()) and (
            (select alma_manages(alma_org()))
            or (user_id = (select alma_user()) and (select alma_makes_tools(alma_org())))
        )
    );

alter table skill_files enable row level security;
alter table skill_files force row level security;
create policy system on skill_files
    using ((select alma_is_system()));
create policy readers on skill_files for select
    using (org_id = (select alma_org()));
create policy makers on skill_files
    using (org_id = (select alma_org()) and (select alma_makes_tools(alma_org())));

alter table agent_skills enable row level security;
alter table agent_skills force row level security;
create policy readers on agent_skills for select
    using (
        (select alma_is_system()) or exists (select from agents where agents.agent_id = agent_skills.agent_id)
    );
create policy owners on agent_skills
    using (
        (select alma_is_system()) or exists (
            select from agents
            where agents.agent_id = agent_skills.agent_id and agents.org_id = (select alma_org())
                and agents.user_id = (select alma_user())
        )
    );
