drop index usage_records_time;
