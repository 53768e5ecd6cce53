-- Where a conversation stands: the last message of the branch that is shown and gone on with. Null is its newest message,
-- as in conversations from before there were branches. Not a reference: it would be checked with every turn.
alter table conversations add column leaf_message_id uuid;

-- Who was hidden with whom: a deletion hides a message and all that hangs under it, and is taken back as a whole.
alter table messages
    add column deleted_with uuid,
    add check (deleted_with is null or is_deleted);

-- The versions of a message, and what hangs under it.
create index messages_parent on messages (conversation_id, parent_message_id);

-- A run that goes on from a step of another one, with something changed. Not a reference: it stays what it is when the
-- other one is gone.
alter table runs
    add column forked_from uuid,
    -- How many finished steps of the other one it begins with.
    add column forked_step smallint check (forked_step >= 0),
    -- What is different: a JSON object.
    add column changes json,
    add check ((forked_from is null) = (forked_step is null)),
    add check ((forked_from is null) = (changes is null)),
    add check (forked_from is null or parent_run_id is null);
