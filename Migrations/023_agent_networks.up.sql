-- Where the programs of an agent may go, as a person lets it. Without a row of theirs, what the agent's maker chose holds;
-- without that, nowhere.
create table agent_networks (
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    agent_id uuid not null references agents on delete cascade,
    -- Such as example.org, *.example.org, example.org:8443, pypi.
    hosts text[] not null check (cardinality(hosts) <= 100),
    updated_at timestamptz not null default now(),
    primary key (org_id, user_id, agent_id)
);

create index agent_networks_agent on agent_networks (agent_id);

alter table agent_networks enable row level security;
alter table agent_networks force row level security;
create policy readers on agent_networks for select
    using (
        (select alma_is_system())
        or (
            org_id = (select alma_org())
            and (
                user_id = (select alma_user())
                or exists (
                    select from agents
                    where agents.agent_id = agent_networks.agent_id and agents.user_id = agent_networks.user_id
                )
            )
        )
    );
create policy owners on agent_networks
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));
