-- What was answered to requests that came with an Idempotency-Key: whoever repeats one is answered alike, and nothing is done
-- twice. What begins a run is not among them: there the key stands with the run.
create table idempotent_answers (
    answer_id uuid primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    -- Method and path as they are declared; the same key may serve elsewhere.
    route varchar(200) not null,
    key varchar(255) not null,
    -- SHA-256 of address and body.
    request_hash bytea not null,
    -- Status, headers and body, sealed: an answer may hold what is shown once. null while the first request is still going,
    -- and when the process that did it died: then nobody knows, and it is not done again.
    answer_encrypted text,
    created_at timestamptz not null default now(),
    constraint idempotent_answers_key unique (org_id, user_id, route, key)
);

create index idempotent_answers_created on idempotent_answers (created_at);

alter table idempotent_answers enable row level security;
alter table idempotent_answers force row level security;
create policy owner on idempotent_answers
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

-- Finer keys. Those that were made before keep what they open.
alter table api_keys drop constraint api_keys_scopes_check;
alter table api_keys add constraint api_keys_scopes_check
    check (cardinality(scopes) > 0 and scopes <@ array['api', 'mcp', 'read', 'write', 'chat', 'admin']);
