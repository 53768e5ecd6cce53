select set_config('alma.system', 'on', true);
delete from mails where kind in ('address_changed', 'test');
select set_config('alma.system', '', true);

alter table mails
    drop constraint mails_kind_check,
    add constraint mails_kind_check check (
        kind in ('password_reset', 'invitation', 'verification', 'password_changed', 'organization_invitation')
    );
