-- A deleted organisation is kept for a while, in which it can be opened again; then it goes for good, piece by piece. Those that were
-- deleted while nothing went for good are kept as long, counted from now.
alter table organisations
    add column kept_until timestamptz,
    -- Since when it is taken away: nobody opens it any more.
    add column purge_began_at timestamptz,
    add check (kept_until is null or deleted_at is not null),
    add check (purge_began_at is null or kept_until is not null);
select set_config('alma.system', 'on', true);
update organisations set kept_until = now() + interval '30 days' where deleted_at is not null;
select set_config('alma.system', '', true);

create index organisations_kept_until on organisations (kept_until) where kept_until is not null;
-- A conversation that goes takes its files along, those that have not arrived yet, too: of those no other index knew.
create index files_conversation on files (conversation_id);
create index request_preambles_org on request_preambles (org_id);

-- Whoever is not signed in may send a request again as well. Of such a one there is neither organisation nor person, and the key is a
-- digest of all that was sent, which only the program can make.
alter table idempotent_answers
    alter column org_id drop not null,
    alter column user_id drop not null,
    add constraint idempotent_answers_asker check ((org_id is null) = (user_id is null)),
    drop constraint idempotent_answers_key,
    add constraint idempotent_answers_key unique nulls not distinct (org_id, user_id, route, key);
