-- Makes what is missing of this month's partition and those of `ahead` months to come. Filled beside and attached
-- whole, so that readers and writers go on meanwhile; what the default partition has of the month moves along.
create function create_monthly_partitions(ahead integer default 2) returns integer
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    asker constant text := coalesce(current_setting('alma.system', true), '');
    this_month constant timestamptz := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC';
    parent text;
    key text;
    partition text;
    lower_bound uuid;
    upper_bound uuid;
    made integer := 0;
begin
    if ahead not between 0 and 120 then
        raise exception 'between 0 and 120 months ahead, not %', ahead;
    end if;
    -- Two servers that start together make them once.
    perform pg_advisory_xact_lock(hashtext('create_monthly_partitions'));
    perform set_config('alma.system', 'on', true);
    for month in 0..ahead loop
        lower_bound := uuid_at((this_month at time zone 'UTC' + make_interval(months => month)) at time zone 'UTC');
        upper_bound := uuid_at((this_month at time zone 'UTC' + make_interval(months => month + 1)) at time zone 'UTC');
        for parent, key in values ('messages', 'conversation_id'), ('run_events', 'run_id') loop
            partition := parent || to_char(
                this_month at time zone 'UTC' + make_interval(months => month), '"_"YYYY"_"MM'
            );
            continue when to_regclass(partition) is not null;
            execute format('create table %I (like %I including all)', partition, parent);
            execute format('alter table %I enable row level security', partition);
            execute format('alter table %I force row level security', partition);
            execute format('create policy system on %I using ((select alma_is_system()))', partition);
            execute format(
                'with moved as (delete from %I where %I >= $1 and %I < $2 returning *) insert into %I select * from moved',
                parent || '_default', key, key, partition
            ) using lower_bound, upper_bound;
            execute format(
                'alter table %I attach partition %I for values from (%L) to (%L)',
                parent, partition, lower_bound, upper_bound
            );
            made := made + 1;
        end loop;
    end loop;
    perform set_config('alma.system', asker, true);
    return made;
end
$$;
revoke all on function create_monthly_partitions(integer) from public;

-- Gives a role what the program needs, for databases whose own role is above row-level security: the tables that are
-- under it, never a partition by its name, and of the audit no more than to add and to read.
create function grant_application(role_name name) returns void
language plpgsql
set search_path = public, pg_temp
as $$
declare
    relation regclass;
begin
    execute format('grant usage on schema public to %I', role_name);
    for relation in
        select oid from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relispartition
    loop
        execute format('grant select, insert, update, delete on %s to %I', relation, role_name);
    end loop;
    execute format('revoke update, delete on audit_events from %I', role_name);
    execute format('grant execute on function create_monthly_partitions(integer) to %I', role_name);
end
$$;
revoke all on function grant_application(name) from public;

select create_monthly_partitions(2);
