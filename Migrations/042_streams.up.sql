-- Opens one socket, once, within half a minute: what stands in an address may stand in a log.
create table socket_tickets (
    -- SHA-256 of the ticket: it is 256 random bits.
    ticket_hash bytea primary key,
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    -- Whoever opens a socket by it is who asked for it, for as long as that would do: by a key, or by a token of a family.
    key_id uuid references api_keys on delete cascade,
    token_family uuid,
    token_issued_at timestamptz,
    token_expires_at timestamptz,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    check ((key_id is null) = (token_family is not null)),
    check (num_nonnulls(token_family, token_issued_at, token_expires_at) in (0, 3))
);

create index socket_tickets_user on socket_tickets (user_id);

-- People of whom somebody reads a stream just now, on whatever node: only what concerns them is announced.
create table event_watches (
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    watched_until timestamptz not null,
    primary key (user_id, org_id)
) with (fillfactor = 50);

-- What concerns a person beyond one run: of logs the place, of everything else what there is to say. It is kept for a day,
-- and only of people who have read their stream within it.
create table user_events (
    org_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    -- Rows become visible in another order than they are numbered in. Readers take those whose transaction is older than
    -- every one that is still open, in this order, and so miss none.
    transaction_id xid8 not null default pg_current_xact_id(),
    event_id bigint generated always as identity,
    run_id uuid references runs on delete cascade,
    sequence bigint,
    type varchar(30),
    data json,
    created_at timestamptz not null default now(),
    primary key (user_id, transaction_id, event_id),
    check ((run_id is null) = (sequence is null) and (run_id is null) = (type is not null)),
    check ((type is null) = (data is null))
);

create index user_events_run on user_events (run_id) where run_id is not null;
create index user_events_age on user_events (created_at);

alter table socket_tickets enable row level security;
alter table socket_tickets force row level security;
create policy owner on socket_tickets
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table event_watches enable row level security;
alter table event_watches force row level security;
create policy owner on event_watches
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

alter table user_events enable row level security;
alter table user_events force row level security;
create policy owner on user_events
    using ((select alma_is_system()) or (org_id = (select alma_org()) and user_id = (select alma_user())));

-- Whether what concerns a person is kept, and announces it to those who read along at this moment. One that nobody has
-- watched for a day costs a look at an index and no more.
create function alma_tell(organisation uuid, person uuid, conversation uuid) returns boolean
language plpgsql
as $$
declare
    watched timestamptz;
begin
    select watched_until into watched from public.event_watches where user_id = person and org_id = organisation;
    if watched is null or watched < now() - interval '1 day' then
        return false;
    end if;
    if watched > now() then
        perform pg_notify('alma_user', person::text || ' ' || conversation::text);
    end if;
    return true;
end
$$;

-- The log is written in one place, and states, questions and budget warnings are all in it.
create function tell_of_run_event() returns trigger
language plpgsql
as $$
declare
    run record;
begin
    select r.org_id, r.user_id, r.conversation_id into run from public.runs r where r.run_id = new.run_id;
    if found and public.alma_tell(run.org_id, run.user_id, run.conversation_id) then
        insert into public.user_events (org_id, user_id, run_id, sequence)
        values (run.org_id, run.user_id, new.run_id, new.sequence);
    end if;
    return null;
end
$$;

create trigger tell_of_run_event
    after insert on run_events
    for each row when (new.type in ('run_status', 'approval_request', 'approval_resolved'))
    execute function tell_of_run_event();

create function tell_of_title() returns trigger
language plpgsql
as $$
begin
    if public.alma_tell(new.org_id, new.user_id, new.conversation_id) then
        insert into public.user_events (org_id, user_id, type, data)
        values (
            new.org_id, new.user_id, 'conversation_title',
            json_build_object('conversation_id', new.conversation_id, 'title', new.title)
        );
    end if;
    return null;
end
$$;

create trigger tell_of_title
    after update of title on conversations
    for each row when (new.title is distinct from old.title)
    execute function tell_of_title();
