-- Who asks. The program sets these for every transaction, in the same round trip as the question; what was not set is
-- nobody, who sees nothing. Policies call the functions as `(select alma_org())`, so that they run once a statement
-- and not once a row.

create function alma_org() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('alma.org', true), '')::uuid $$;

create function alma_user() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('alma.user', true), '')::uuid $$;

-- The server itself: signing in, claiming runs, housekeeping.
create function alma_is_system() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('alma.system', true), '') = 'on' $$;

-- An administrator sees accounts, settings and the audit, never somebody else's conversations.
create function alma_is_superuser() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('alma.superuser', true), '') = 'on' $$;

-- The smallest UUIDv7 of a moment: time-ordered keys make a month a range of keys.
create function uuid_at(moment timestamptz) returns uuid
language sql immutable parallel safe
as $$ select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- `2025-06-24T10:00:00.123Z`, the one form of time in our JSON.
create function iso8601(moment timestamptz) returns text
language sql stable parallel safe
as $$ select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
