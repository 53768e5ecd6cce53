-- Each form that an agent has had: who gave it, when, and all that defined it, by name where it is something else's.
alter table agents add version integer not null default 0 check (version >= 0);

create table agent_versions (
    agent_id uuid not null references agents on delete cascade,
    version integer not null check (version > 0),
    org_id uuid not null,
    -- Not a reference: what was done stays known.
    user_id uuid,
    definition jsonb not null check (jsonb_typeof(definition) = 'object'),
    -- The fields of the definition that were not so before; none of the first.
    changes jsonb not null default '[]' check (jsonb_typeof(changes) = 'array'),
    -- The version that was given again.
    restored integer,
    created_at timestamptz not null default now(),
    primary key (agent_id, version)
);

alter table agent_versions enable row level security;
alter table agent_versions force row level security;
create policy system on agent_versions
    using ((select alma_is_system()));
-- Whom an agent is shared with sees what it is, not what it was.
create policy owners on agent_versions
    using (
        org_id = (select alma_org()) and exists (
            select from agents where agents.agent_id = agent_versions.agent_id and agents.user_id = (select alma_user())
        )
    );

-- What defines an agent now, as far as the one who asks may see it.
create function alma_agent_definition(agent uuid) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'name', a.name, 'display_name', a.display_name, 'description', a.description, 'instruction', a.instruction,
        'model', (
            select jsonb_build_object('id', m.model_id, 'name', m.name, 'provider', l.provider_name)
            from public.models m join public.llmconfigs l on l.llm_id = m.llm_id where m.model_id = a.model_id
        ),
        'parameters', a.parameters, 'capabilities', a.capabilities, 'team', a.team,
        'tools', (
            select coalesce(
                jsonb_agg(jsonb_build_object('name', t.name, 'configuration', g.configuration) order by t.name), '[]'
            )
            from public.agent_tools g join public.tools t on t.tool_id = g.tool_id
            where g.agent_id = a.agent_id and g.is_enabled and t.is_active
        ),
        'skills', (
            select coalesce(jsonb_agg(s.name order by s.name), '[]')
            from public.agent_skills g join public.skills s on s.skill_id = g.skill_id
            where g.agent_id = a.agent_id
        ),
        'is_shared', a.agent_type = 'shared', 'status', a.status
    )
    from public.agents a where a.agent_id = agent
$$;

select set_config('alma.system', 'on', true);

update agents set version = 1 where agent_type <> 'system';
insert into agent_versions (agent_id, version, org_id, user_id, definition, created_at)
select agent_id, 1, org_id, user_id, alma_agent_definition(agent_id), updated_at from agents where agent_type <> 'system';

select set_config('alma.system', '', true);
