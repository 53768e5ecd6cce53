-- What all organisations have used in some days. Calls are written down in the order of time, so the blocks' ranges are
-- enough, and cost a call nothing.
create index usage_records_time on usage_records using brin (created_at) with (autosummarize = on);
