select set_config('alma.system', 'on', true);
delete from idempotent_answers where user_id is null;
-- What is half gone is of no use to anybody.
delete from organisations where purge_began_at is not null;
select set_config('alma.system', '', true);

alter table idempotent_answers
    drop constraint idempotent_answers_key,
    drop constraint idempotent_answers_asker,
    alter column org_id set not null,
    alter column user_id set not null,
    add constraint idempotent_answers_key unique (org_id, user_id, route, key);

drop index request_preambles_org;
drop index files_conversation;
alter table organisations drop column purge_began_at, drop column kept_until;
