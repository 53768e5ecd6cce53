-- An organisation that was deleted is closed to everybody, and can be opened again: what it spent and what was done in it has to
-- stay known, and the work of its members is not lost by one press.
alter table organisations
    add column deleted_at timestamptz,
    add check (deleted_at is null or not is_personal);

-- An invitation by mail: its link is made when it is sent, so that none lies here.
alter table mails
    add column invitation_id uuid references organisation_invitations on delete cascade,
    alter column kind type varchar(40),
    drop constraint mails_kind_check,
    add constraint mails_kind_check check (
        kind in ('password_reset', 'invitation', 'verification', 'password_changed', 'organization_invitation')
    ),
    add check ((kind = 'organization_invitation') = (invitation_id is not null));

create index mails_invitation on mails (invitation_id) where invitation_id is not null;
