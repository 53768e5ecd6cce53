-- Links that open an account once: to choose a password, to confirm an address. Of what the link carries only the hash is
-- kept, so that a stolen backup opens nothing.
create table account_links (
    link_id uuid primary key,
    user_id uuid not null references users on delete cascade,
    purpose varchar(20) not null check (purpose in ('password', 'verification')),
    token_hash bytea not null unique check (length(token_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

create index account_links_user on account_links (user_id, purpose);
create index account_links_expiry on account_links (expires_at);

-- Mail to be sent. A row says what for and to whom; whether there is such an account, and the link in it, is found when it is
-- sent, so that asking for a mail takes the same time for everybody, and no link lies here.
create table mails (
    mail_id uuid primary key,
    kind varchar(20) not null check (kind in ('password_reset', 'invitation', 'verification', 'password_changed')),
    recipient varchar(255) not null,
    -- Of the one who asked; the account's own counts more.
    language varchar(10) not null check (language in ('zh-CN', 'en')),
    -- Where it was asked for.
    address varchar(64),
    created_at timestamptz not null default now(),
    attempts integer not null default 0,
    next_try_at timestamptz not null default now(),
    last_error varchar(500),
    -- Sent, given up, or of no use any more.
    finished_at timestamptz,
    was_sent boolean not null default false,
    check (not was_sent or finished_at is not null)
);

create index mails_due on mails (next_try_at) where finished_at is null;
create index mails_recipient on mails (recipient, created_at);
create index mails_address on mails (address, created_at);
create index mails_finished on mails (finished_at);

alter table account_links enable row level security;
alter table account_links force row level security;
create policy system on account_links using ((select alma_is_system()));

alter table mails enable row level security;
alter table mails force row level security;
create policy system on mails using ((select alma_is_system()));
