-- Two more: whoever has had an account's address is told that it is no longer theirs, and an administrator tries out the mail server.
alter table mails
    drop constraint mails_kind_check,
    add constraint mails_kind_check check (
        kind in (
            'password_reset', 'invitation', 'verification', 'password_changed', 'organization_invitation',
            'address_changed', 'test'
        )
    );
