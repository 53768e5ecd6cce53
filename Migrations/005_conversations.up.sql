create table conversations (
    conversation_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    title varchar(200) not null default 'New Chat' check (title <> ''),
    summary varchar(500),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_message_at timestamptz,
    -- What lists are ordered by; one column, so that an index can follow it.
    last_activity_at timestamptz not null generated always as (coalesce(last_message_at, created_at)) stored,
    is_pinned boolean not null default false,
    is_archived boolean not null default false,
    message_count integer not null default 0,
    tags jsonb not null default '[]' check (jsonb_typeof(tags) = 'array'),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
);

-- The list as it is shown first: what is not archived, pinned on top. The second serves the rest. The organisation
-- comes first, as in the policy: an index of it alone would be taken on a table without statistics, and all sorted.
create index conversations_current on conversations
    (org_id, user_id, is_pinned desc, last_activity_at desc, conversation_id desc) where not is_archived;
create index conversations_all on conversations
    (org_id, user_id, is_pinned desc, last_activity_at desc, conversation_id desc);

-- Totals of lists without counting. The trigger is where all ways of appearing and vanishing meet, cascades too.
create function count_conversation() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    asker constant text := coalesce(current_setting('alma.system', true), '');
begin
    -- For as long as this takes: a cascade that began elsewhere counts, too.
    perform set_config('alma.system', 'on', true);
    if tg_op = 'INSERT' then
        insert into user_statistics (org_id, user_id, total_conversations, archived_conversations)
        values (new.org_id, new.user_id, 1, new.is_archived::integer)
        on conflict (org_id, user_id) do update set
            total_conversations = user_statistics.total_conversations + 1,
            archived_conversations = user_statistics.archived_conversations + excluded.archived_conversations;
    elsif tg_op = 'UPDATE' then
        update user_statistics
        set archived_conversations = archived_conversations + new.is_archived::integer - old.is_archived::integer
        where org_id = new.org_id and user_id = new.user_id;
    else
        update user_statistics
        set total_conversations = total_conversations - 1,
            archived_conversations = archived_conversations - old.is_archived::integer
        where org_id = old.org_id and user_id = old.user_id;
    end if;
    perform set_config('alma.system', asker, true);
    return null;
end
$$;
revoke all on function count_conversation() from public;

create trigger count_conversation_existence
    after insert or delete on conversations
    for each row execute function count_conversation();
create trigger count_conversation_archival
    after update of is_archived on conversations
    for each row when (old.is_archived is distinct from new.is_archived) execute function count_conversation();

-- By month of the conversation's key, so that a conversation lies in one partition and everything about it, the
-- reference to the parent included, is found by one range of one index. Keys are time-ordered within it.
create table messages (
    conversation_id uuid not null references conversations on delete cascade,
    message_id uuid not null,
    -- Repeated from the conversation: the policy below stands on every row that is read, and must not look elsewhere.
    org_id uuid not null,
    user_id uuid not null,
    role varchar(20) not null check (role in ('user', 'assistant', 'system', 'tool')),
    content text not null,
    content_type varchar(20) not null default 'text' check (content_type in ('text', 'code', 'image', 'file')),
    model_metadata jsonb check (jsonb_typeof(model_metadata) = 'object'),
    tool_calls jsonb check (jsonb_typeof(tool_calls) = 'array'),
    attachments jsonb check (jsonb_typeof(attachments) = 'array'),
    timestamp timestamptz not null default now(),
    is_deleted boolean not null default false,
    is_edited boolean not null default false,
    edit_count integer not null default 0,
    -- Not references: what was said stays said when the agent or the run's record is gone.
    agent_id uuid,
    run_id uuid,
    parent_message_id uuid,
    primary key (conversation_id, message_id),
    foreign key (conversation_id, parent_message_id) references messages (conversation_id, message_id)
) partition by range (conversation_id);

-- Keys that are not of a prepared month: imported ones, or a month that was never prepared.
create table messages_default partition of messages default;
alter table messages_default enable row level security;
alter table messages_default force row level security;
-- No partition is read by its own name, except for a backup that says it is the system.
create policy system on messages_default using ((select alma_is_system()));

alter table conversations enable row level security;
alter table conversations force row level security;
create policy owner on conversations
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );

alter table messages enable row level security;
alter table messages force row level security;
create policy owner on messages
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );
