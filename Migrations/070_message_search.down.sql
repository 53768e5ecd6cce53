do $$
declare
    name text;
begin
    for name in
        select format('%I.%I', nspname, stxname)
        from pg_statistic_ext join pg_namespace n on n.oid = stxnamespace
        where stxrelid in (select relid from pg_partition_tree('messages'))
    loop
        execute 'drop statistics ' || name;
    end loop;
end
$$;
drop index messages_person;
