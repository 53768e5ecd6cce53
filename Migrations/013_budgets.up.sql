-- What may be spent, on what, in which time. All that fit a call must have room for it.
create table budgets (
    budget_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    -- Who set it for themselves: then it holds for their runs alone. Null: the organisation, for everybody.
    owner_id uuid references users on delete cascade,
    -- What it is on, at most one of these; none of them: the organisation.
    user_id uuid references users on delete cascade,
    agent_id uuid references agents on delete cascade,
    conversation_id uuid references conversations on delete cascade,
    scope varchar(20) not null generated always as (
        case
            when user_id is not null then 'user'
            when agent_id is not null then 'agent'
            when conversation_id is not null then 'conversation'
            else 'organization'
        end
    ) stored,
    -- A run is a turn with all its children. Days and months are those of UTC.
    period varchar(10) not null check (period in ('run', 'day', 'month', 'total')),
    name varchar(100) check (name <> ''),
    amount numeric(18, 6) not null check (amount > 0),
    -- Calls that are paid in another currency are not its business: there is no rate that would hold.
    currency varchar(10) not null check (currency <> ''),
    -- Percent of the amount; null is never.
    warn_at smallint check (warn_at between 1 and 1000),
    ask_at smallint check (ask_at between 1 and 1000),
    stop_at smallint check (stop_at between 1 and 1000),
    created_at timestamptz not null default now(),
    check (num_nonnulls(user_id, agent_id, conversation_id) <= 1),
    check (num_nonnulls(warn_at, ask_at, stop_at) >= 1),
    check (owner_id is null or user_id = owner_id or num_nonnulls(agent_id, conversation_id) = 1),
    -- A second one for the same would only be the stricter of the two.
    constraint budgets_one_each unique nulls not distinct
        (org_id, owner_id, user_id, agent_id, conversation_id, period, currency)
);

create index budgets_owner on budgets (owner_id) where owner_id is not null;
create index budgets_user on budgets (user_id) where user_id is not null;
create index budgets_agent on budgets (agent_id) where agent_id is not null;
create index budgets_conversation on budgets (conversation_id) where conversation_id is not null;

-- What was spent of a budget in one of its periods: a day, a month, a turn's run, or all time.
create table budget_spending (
    budget_id uuid not null references budgets on delete cascade,
    period_key varchar(36) not null,
    spent numeric(18, 6) not null default 0,
    updated_at timestamptz not null default now(),
    primary key (budget_id, period_key)
) with (fillfactor = 50);

-- What a model call under way may still cost, from each budget that it counts against. A row holds only as long as the
-- worker that wrote it has the run: with another epoch, a rest or an end of the run it means nothing any more, so
-- nothing stays reserved for ever, whatever dies. Whoever adds one has locked the spending that it counts against.
create table budget_reservations (
    -- The usage row that the call will have.
    usage_id uuid not null,
    budget_id uuid not null references budgets on delete cascade,
    period_key varchar(36) not null,
    run_id uuid not null references runs on delete cascade,
    epoch bigint not null,
    amount numeric(18, 6) not null check (amount >= 0),
    created_at timestamptz not null default now(),
    primary key (usage_id, budget_id)
);

create index budget_reservations_budget on budget_reservations (budget_id, period_key);
create index budget_reservations_run on budget_reservations (run_id);

-- A run and those that it works for, up to the turn.
create function run_line(run uuid) returns table (run_id uuid, agent_id uuid)
language sql stable
as $$
    with recursive line as (
        select r.run_id, r.parent_run_id, r.agent_id from runs r where r.run_id = run
        union all
        select p.run_id, p.parent_run_id, p.agent_id from line l join runs p on p.run_id = l.parent_run_id
    )
    select line.run_id, line.agent_id from line
$$;

-- The present one of a budget's periods; `root` is the turn's run, of a budget that begins anew with each.
create function budget_period_key(period text, root uuid) returns text
language sql stable
as $$
    select case period
        when 'run' then root::text
        when 'day' then to_char(now() at time zone 'UTC', 'YYYY-MM-DD')
        when 'month' then to_char(now() at time zone 'UTC', 'YYYY-MM')
        else 'total'
    end
$$;

-- The budgets that a run's calls count against now, each with its present period.
create function budgets_of_run(run uuid) returns table (budget_id uuid, period_key text, currency text)
language sql stable
as $$
    select b.budget_id, budget_period_key(b.period, r.root_run_id), b.currency
    from runs r join budgets b on b.org_id = r.org_id
    where r.run_id = run and (b.owner_id is null or b.owner_id = r.user_id)
        and (b.user_id is null or b.user_id = r.user_id)
        and (b.conversation_id is null or b.conversation_id = r.conversation_id)
        and (b.agent_id is null or b.agent_id in (select l.agent_id from run_line(run) l))
$$;

-- A call that is paid is charged where it is written down, in the same transaction, on whatever way it came there: to
-- the period that it was reserved in, and its reservation is over. In the order of the keys, as all who lock them.
create function charge_budgets() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
    if not exists (select from paid u join budgets b on b.org_id = u.org_id) then
        return null;
    end if;
    insert into budget_spending as s (budget_id, period_key, spent)
    select b.budget_id, coalesce(h.period_key, b.period_key), sum(u.cost)
    from paid u cross join lateral budgets_of_run(u.run_id) b
    left join budget_reservations h on h.usage_id = u.usage_id and h.budget_id = b.budget_id
    where u.cost > 0 and u.currency = b.currency
    group by 1, 2 order by 1, 2
    on conflict (budget_id, period_key) do update set spent = s.spent + excluded.spent, updated_at = now();
    delete from budget_reservations where usage_id in (select usage_id from paid);
    return null;
end
$$;

create trigger charge_budgets
    after insert on usage_records
    referencing new table as paid
    for each statement execute function charge_budgets();

-- A new budget begins with what its period has cost already, of turns with none.
create function begin_budget() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    asker constant text := coalesce(current_setting('alma.system', true), '');
    key constant text := budget_period_key(new.period, null);
begin
    if new.period = 'run' then
        return null;
    end if;
    perform set_config('alma.system', 'on', true);
    insert into budget_spending (budget_id, period_key, spent)
    select new.budget_id, key, coalesce(sum(u.cost), 0)
    from usage_records u
    where u.org_id = new.org_id and u.currency = new.currency
        and u.created_at >= case new.period
            when 'total' then '-infinity' else date_trunc(new.period, now(), 'UTC')
        end
        and (new.owner_id is null or u.user_id = new.owner_id)
        and (new.user_id is null or u.user_id = new.user_id)
        and (new.conversation_id is null or u.conversation_id = new.conversation_id)
        and (
            new.agent_id is null or u.agent_id = new.agent_id
            or new.agent_id in (select l.agent_id from run_line(u.run_id) l)
        )
    on conflict (budget_id, period_key) do nothing;
    perform set_config('alma.system', asker, true);
    return null;
end
$$;
revoke all on function begin_budget() from public;

create trigger begin_budget
    after insert on budgets
    for each row execute function begin_budget();

-- Who decides about the organisation's money.
create function alma_manages(organisation uuid) returns boolean
language sql stable
-- Named in full: pg_dump looks at policies with no path to search.
as $$
    select organisation = public.alma_org() and (
        public.alma_is_superuser() or exists (
            select from public.memberships
            where org_id = organisation and user_id = public.alma_user() and role in ('owner', 'admin')
        )
    )
$$;

alter table budgets enable row level security;
alter table budgets force row level security;
create policy system on budgets
    using ((select alma_is_system()));
create policy owners on budgets
    using (org_id = (select alma_org()) and owner_id = (select alma_user()));
create policy managers on budgets
    using (org_id = (select alma_org()) and owner_id is null and (select alma_manages(alma_org())));
-- Whoever may be stopped by one sees it.
create policy readers on budgets for select
    using (
        org_id = (select alma_org()) and owner_id is null and (
            scope = 'organization' or user_id = (select alma_user())
            or (agent_id is not null and exists (select from agents where agents.agent_id = budgets.agent_id))
            or (conversation_id is not null and exists (
                select from conversations where conversations.conversation_id = budgets.conversation_id
            ))
        )
    );

-- Of a budget that cannot be seen there is no spending.
alter table budget_spending enable row level security;
alter table budget_spending force row level security;
create policy system on budget_spending
    using ((select alma_is_system()));
create policy readers on budget_spending for select
    using (exists (select from budgets where budgets.budget_id = budget_spending.budget_id));

alter table budget_reservations enable row level security;
alter table budget_reservations force row level security;
create policy system on budget_reservations
    using ((select alma_is_system()));
create policy readers on budget_reservations for select
    using (exists (select from budgets where budgets.budget_id = budget_reservations.budget_id));

-- Whoever decides about the money sees where it went.
create policy managers on usage_records for select
    using (org_id = (select alma_org()) and (select alma_manages(alma_org())));
