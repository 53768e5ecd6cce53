-- What an answer has taken in keeps its key after that answer, as a turn keeps its own: sent once more, it is the same message. The
-- message itself stands in the conversation, so that only what the key is known by stays.
alter table pending_messages
    -- The sender's own name for it; not a varchar, as it is kept to the letter.
    add column temp_message_id text,
    -- Of what is forgotten nothing is left but the key. Not null: servers of the version before read it, too.
    add constraint pending_messages_forgotten
        check (content <> '' or attachments <> '{}' or (step is not null and idempotency_key is not null));

-- Those that wait are looked for every second, and so are those whose words are needed no more. They are few among all that stay.
create index pending_messages_waiting on pending_messages (conversation_id, pending_id) where step is null;
create index pending_messages_heard on pending_messages (run_id)
    where step is not null and (content <> '' or attachments <> '{}');
