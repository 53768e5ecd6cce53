-- Every tool call that has come to its end: who, which agent, what with, the digest of what it brought, how long, and what
-- let it go. Like what calls of models cost, it has no references: it stays when conversation, agent and person are gone.
create table tool_calls (
    run_id uuid not null,
    call_id varchar(100) not null,
    org_id uuid not null,
    user_id uuid not null,
    conversation_id uuid not null,
    agent_id uuid not null,
    tool_name varchar(64) not null,
    -- JSON, cut where it is long; null once its conversation is deleted for good, whose words it holds.
    input text,
    -- Of the whole input.
    input_bytes integer not null,
    -- SHA-256 of the whole result.
    result_digest bytea not null check (length(result_digest) = 32),
    result_bytes integer not null,
    decision varchar(10) not null check (
        decision in ('allowed', 'approved', 'answered', 'again', 'done', 'denied', 'expired', 'refused', 'invalid')
    ),
    succeeded boolean not null,
    is_cached boolean not null,
    seconds double precision not null,
    called_at timestamptz not null,
    -- Runs' keys are in the order of time: the newest calls are those of the newest runs.
    primary key (run_id, call_id)
);

create index tool_calls_use on tool_calls (org_id, tool_name, agent_id);
create index tool_calls_user on tool_calls (user_id, run_id);

-- What was done stays known, what was said goes with the conversation.
create function forget_tool_inputs() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    asker constant text := coalesce(current_setting('alma.system', true), '');
begin
    perform set_config('alma.system', 'on', true);
    update tool_calls set input = null where run_id in (select run_id from gone);
    perform set_config('alma.system', asker, true);
    return null;
end
$$;
revoke all on function forget_tool_inputs() from public;

create trigger forget_tool_inputs
    after delete on runs
    referencing old table as gone
    for each statement execute function forget_tool_inputs();

alter table tool_calls enable row level security;
alter table tool_calls force row level security;
create policy system on tool_calls
    using ((select alma_is_system()));
create policy owner on tool_calls for select
    using (org_id = (select alma_org()) and user_id = (select alma_user()));
-- Whoever leads an organisation sees what its agents do; an administrator what all do.
create policy managers on tool_calls for select
    using ((select alma_is_superuser()) or (org_id = (select alma_org()) and (select alma_manages(alma_org()))));

-- What holds for a whole organisation, whoever leads it says.
create policy managers on tool_policies
    using (org_id = (select alma_org()) and user_id is null and (select alma_manages(alma_org())));
