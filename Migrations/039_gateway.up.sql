-- Model calls of people's programs, which belong to no run: what they cost is written down and budgeted like any other.
alter table usage_records
    alter column run_id drop not null,
    alter column conversation_id drop not null,
    alter column agent_id drop not null,
    -- Who called and from where, of a call without a run; the key is none for a person's own token.
    add column key_id uuid,
    add column address varchar(64),
    add constraint usage_records_run_check check (num_nonnulls(run_id, conversation_id, agent_id) in (0, 3)),
    add check (run_id is null or num_nonnulls(key_id, address) = 0);

-- What such a call holds is its own until this moment, which is put off as long as the call goes on.
alter table budget_reservations
    alter column run_id drop not null,
    add column held_until timestamptz,
    add check ((run_id is null) = (held_until is not null));
alter table provider_calls
    alter column run_id drop not null,
    alter column lease_epoch drop not null,
    add column held_until timestamptz,
    add check ((run_id is null) = (held_until is not null)),
    add check ((run_id is null) = (lease_epoch is null));

-- For a reservation with its run, or without one.
create or replace function budget_reservation_holds(reservation budget_reservations, run runs) returns boolean
language sql stable
as $$
    select case
        when reservation.run_id is null then reservation.held_until > now()
        when reservation.epoch = 0 then reservation.created_at > now() - interval '2 minutes'
        else run.lease_epoch = reservation.epoch and run.lease_owner is not null
    end
$$;

-- The budgets that a call without a run counts against: it is a turn of its own, of no agent and in no conversation.
create function budgets_of_call(organisation uuid, asker uuid, call uuid)
returns table (budget_id uuid, period_key text, currency text)
language sql stable
as $$
    select b.budget_id, budget_period_key(b.period, call), b.currency
    from budgets b
    where b.org_id = organisation and (b.owner_id is null or b.owner_id = asker)
        and (b.user_id is null or b.user_id = asker) and num_nonnulls(b.conversation_id, b.agent_id) = 0
$$;

create or replace function charge_budgets() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
    if not exists (select from paid u join budgets b on b.org_id = u.org_id) then
        return null;
    end if;
    insert into budget_spending as s (budget_id, period_key, spent)
    select b.budget_id, coalesce(h.period_key, b.period_key), sum(u.cost)
    from paid u cross join lateral (
        select * from budgets_of_run(u.run_id)
        union all
        select * from budgets_of_call(u.org_id, u.user_id, u.usage_id) where u.run_id is null
    ) b
    left join budget_reservations h on h.usage_id = u.usage_id and h.budget_id = b.budget_id
    where u.cost > 0 and u.currency = b.currency
    group by 1, 2 order by 1, 2
    on conflict (budget_id, period_key) do update set spent = s.spent + excluded.spent, updated_at = now();
    delete from budget_reservations where usage_id in (select usage_id from paid);
    return null;
end
$$;
