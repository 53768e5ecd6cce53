-- A change on condition: the row is locked first, and its version (xmin) asked for. Called in the statement that locks, so that
-- of two who saw the same the second finds what the first has made of it, and all of the second's transaction is undone.
create function alma_demand_unchanged(is_same boolean) returns void
language plpgsql
as $$
begin
    if is_same is distinct from true then
        raise exception 'it has changed meanwhile' using errcode = 'ALM12';
    end if;
end
$$;

-- Whoever looks after what was done sees what agents did, too.
create policy auditors on tool_calls for select using ((select alma_may('audit:read')));
