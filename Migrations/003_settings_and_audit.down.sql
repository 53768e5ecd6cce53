drop table audit_events;
drop table settings;
