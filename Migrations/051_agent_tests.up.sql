-- Conversations in which whoever makes an agent tries it out: kept apart from the others, one for each agent and person.
alter table conversations add test_agent_id uuid references agents on delete cascade;

create unique index conversations_test on conversations (test_agent_id, user_id) where test_agent_id is not null;

-- They are not counted among the others.
drop trigger count_conversation_existence on conversations;
drop trigger count_conversation_archival on conversations;
create trigger count_conversation_beginning
    after insert on conversations
    for each row when (new.test_agent_id is null) execute function count_conversation();
create trigger count_conversation_end
    after delete on conversations
    for each row when (old.test_agent_id is null) execute function count_conversation();
create trigger count_conversation_archival
    after update of is_archived on conversations
    for each row when (old.is_archived is distinct from new.is_archived and new.test_agent_id is null)
    execute function count_conversation();
