-- A search goes through what a person has said, the newest first, and stops when it has found enough. The condition is one
-- that only the search says, and keeps other questions away: whose a message is seems to tell more than its conversation's
-- key does, and whoever wants one conversation would read all that its person has said.
create index messages_person on messages (org_id, user_id, timestamp desc, message_id) where content <> '';

-- Whoever knows the person knows the organisation. Taken for two things of chance, people seem to have next to nothing said,
-- and all of it would be read before it is put in order. Partitions have theirs each; those to come get it from the table.
create statistics messages_person (dependencies) on org_id, user_id from messages;
do $$
declare
    partition regclass;
begin
    for partition in select relid from pg_partition_tree('messages') where isleaf loop
        execute format(
            'create statistics %I (dependencies) on org_id, user_id from %s',
            partition || '_org_id_user_id_stat', partition
        );
        if pg_relation_size(partition) > 0 then
            execute format('analyze %s', partition);
        end if;
    end loop;
end
$$;
