-- Why the last test of a provider failed, as a word for programs: pages say it in the reader's language. Tests from
-- before have only the message.
alter table llmconfigs
    add column test_code varchar(20),
    add constraint llmconfigs_test_code check (test_code is null or test_status = 'failed');
