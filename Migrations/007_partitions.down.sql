drop function grant_application(name);
drop function create_monthly_partitions(integer);
