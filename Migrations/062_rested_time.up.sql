-- How long a run has rested, for people, colleagues or a pause: it is not the agent that took this time.
alter table runs
    add column rested interval not null default '0',
    -- Since it was laid down last; null while a worker has it, and before the first one had.
    add column resting_since timestamptz;
