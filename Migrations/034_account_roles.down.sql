drop index audit_events_target;
drop policy auditors on audit_events;
drop policy readers on user_statistics;
drop policy readers on users;
drop index users_email_key;
-- The address may be another account's by now.
update users set email = user_id || '@deleted.invalid', status = 'disabled', deleted_at = null where status = 'deleted';
update users set status = 'pending' where status = 'unverified';
alter table users
    drop column role,
    drop column email_verified_at,
    drop column deleted_at,
    drop constraint users_status_check,
    add constraint users_status_check check (status in ('active', 'pending', 'disabled')),
    add constraint users_email_key unique (email);
drop function alma_may(text);
