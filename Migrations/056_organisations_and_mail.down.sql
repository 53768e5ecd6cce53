select set_config('alma.system', 'on', true);
delete from mails where kind = 'organization_invitation';
-- What was deleted cannot be told from what was not any more: it goes for good.
delete from organisations where deleted_at is not null;
select set_config('alma.system', '', true);

alter table mails
    drop column invitation_id,
    drop constraint mails_kind_check,
    alter column kind type varchar(20),
    add constraint mails_kind_check check (kind in ('password_reset', 'invitation', 'verification', 'password_changed'));

alter table organisations drop column deleted_at;
