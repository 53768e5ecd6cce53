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
    from paid u cross join lateral budgets_of_run(u.run_id) b
    left join budget_reservations h on h.usage_id = u.usage_id and h.budget_id = b.budget_id
    where u.cost > 0 and u.currency = b.currency
    group by 1, 2 order by 1, 2
    on conflict (budget_id, period_key) do update set spent = s.spent + excluded.spent, updated_at = now();
    delete from budget_reservations where usage_id in (select usage_id from paid);
    return null;
end
$$;

drop function budgets_of_call(uuid, uuid, uuid);

create or replace function budget_reservation_holds(reservation budget_reservations, run runs) returns boolean
language sql stable
as $$
    select case reservation.epoch
        when 0 then reservation.created_at > now() - interval '2 minutes'
        else run.lease_epoch = reservation.epoch and run.lease_owner is not null
    end
$$;

-- The tables of before have no place for calls without a run.
select set_config('alma.system', 'on', true);
delete from provider_calls where run_id is null;
delete from budget_reservations where run_id is null;
delete from usage_records where run_id is null;
select set_config('alma.system', '', true);

alter table provider_calls
    drop column held_until,
    alter column lease_epoch set not null,
    alter column run_id set not null;
alter table budget_reservations
    drop column held_until,
    alter column run_id set not null;
alter table usage_records
    drop constraint usage_records_run_check,
    drop column key_id,
    drop column address,
    alter column agent_id set not null,
    alter column conversation_id set not null,
    alter column run_id set not null;
