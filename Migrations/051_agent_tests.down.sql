select set_config('alma.system', 'on', true);
delete from conversations where test_agent_id is not null;
select set_config('alma.system', '', true);

drop trigger count_conversation_beginning on conversations;
drop trigger count_conversation_end on conversations;
drop trigger count_conversation_archival on conversations;
create trigger count_conversation_existence
    after insert or delete on conversations
    for each row execute function count_conversation();
create trigger count_conversation_archival
    after update of is_archived on conversations
    for each row when (old.is_archived is distinct from new.is_archived) execute function count_conversation();
drop index conversations_test;
alter table conversations drop test_agent_id;
