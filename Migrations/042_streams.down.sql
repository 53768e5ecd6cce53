drop trigger tell_of_title on conversations;
drop trigger tell_of_run_event on run_events;
drop function tell_of_title();
drop function tell_of_run_event();
drop function alma_tell(uuid, uuid, uuid);
drop table user_events;
drop table event_watches;
drop table socket_tickets;
