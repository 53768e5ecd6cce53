-- Tools that are kept here rather than in the program: what each does, and how long a call may take.
alter table tools
    add definition jsonb not null default '{}' check (jsonb_typeof(definition) = 'object'),
    -- Seconds.
    add time_limit integer not null default 30 check (time_limit between 1 and 600),
    add constraint tools_kept check (tool_type = 'builtin' or org_id is not null);
