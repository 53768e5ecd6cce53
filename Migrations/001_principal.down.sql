drop function iso8601(timestamptz);
drop function uuid_at(timestamptz);
drop function alma_is_superuser();
drop function alma_is_system();
drop function alma_user();
drop function alma_org();
