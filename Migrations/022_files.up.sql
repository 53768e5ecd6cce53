-- Files of conversations: what people bring and what agents make. Their bytes are here, because nodes share nothing else
-- and a file shall outlive the node that took it in.
create table files (
    file_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    -- The run that made it, null for what a person brought. No reference: a file outlives the record of its run.
    run_id uuid,
    name varchar(255) not null check (name <> ''),
    -- In the conversation's workspace.
    path varchar(1000) not null check (path <> ''),
    -- By its content.
    media_type varchar(100) not null,
    -- Null, as the digest, while it arrives: such a row is seen by nobody.
    size bigint check (size >= 0),
    digest bytea check (octet_length(digest) = 32),
    created_at timestamptz not null default now(),
    check ((size is null) = (digest is null))
);

-- One file at a path, and one of each run that made something there.
create unique index files_path on files (conversation_id, path, run_id) nulls not distinct where size is not null;
create index files_user on files (user_id) include (size);
create index files_arriving on files (created_at) where size is null;

create table file_parts (
    file_id uuid not null references files on delete cascade,
    place integer not null check (place >= 0),
    -- Repeated from the file, for the policy.
    org_id uuid not null,
    user_id uuid not null,
    bytes bytea not null check (octet_length(bytes) <= 1048576),
    primary key (file_id, place)
);
-- Most of it is compressed already.
alter table file_parts alter column bytes set storage external;

alter table files enable row level security;
alter table files force row level security;
create policy owner on files
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );

alter table file_parts enable row level security;
alter table file_parts force row level security;
create policy owner on file_parts
    using (
        (select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user()))
    );

-- What shall come along with a message that waits.
alter table pending_messages add column attachments uuid[] not null default '{}';

-- Whether a model takes pictures.
alter table models add column supports_vision boolean not null default false;
