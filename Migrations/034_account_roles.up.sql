-- Permissions by name. The program says which ones the asker's role holds, as it says who asks.
create function alma_may(permission text) returns boolean
language sql stable parallel safe
as $$ select coalesce(permission = any (string_to_array(current_setting('alma.permissions', true), ',')), false) $$;

alter table users
    -- What an account is besides `is_superuser`, which holds every permission.
    add column role varchar(20) not null default 'member' check (role in ('member', 'manager', 'auditor')),
    add column email_verified_at timestamptz,
    add column deleted_at timestamptz,
    add check (role = 'member' or not is_superuser),
    drop constraint users_status_check,
    -- `unverified`: the address is not confirmed yet. `deleted`: gone for everybody, and can be brought back.
    add constraint users_status_check
        check (status in ('active', 'unverified', 'pending', 'disabled', 'deleted')),
    add check ((status = 'deleted') = (deleted_at is not null)),
    drop constraint users_email_key;

-- Whose account is deleted may make another one.
create unique index users_email_key on users (email) where status <> 'deleted';

create policy readers on users for select using ((select alma_may('user:read')));
create policy readers on user_statistics for select using ((select alma_may('user:read')));
create policy auditors on audit_events for select using ((select alma_may('audit:read')));
create index audit_events_target on audit_events (target, audit_id desc);
