drop table usage_records;
drop table run_events;
drop function last_sequence(uuid);
drop table runs;
drop function delete_run_events();
drop table workers;
