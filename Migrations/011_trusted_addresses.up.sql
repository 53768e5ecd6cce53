-- An address that an administrator entered may be one of this machine or network; anybody else's may not.
alter table llmconfigs add column is_address_trusted boolean not null default false;

select set_config('alma.system', 'on', true);
update llmconfigs set is_address_trusted = true
where user_id in (select user_id from users where is_superuser);
select set_config('alma.system', '', true);
