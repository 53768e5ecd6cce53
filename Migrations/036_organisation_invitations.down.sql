drop table organisation_invitations;
