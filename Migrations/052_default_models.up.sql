-- Which model does what nobody chooses one for, beside answering: titles and summaries, writing recordings down. The name stays
-- when the model is deleted, so that this can be said; the organisation's usual choice then holds again.
create table default_models (
    org_id uuid not null references organisations on delete cascade,
    purpose varchar(20) not null check (purpose in ('writing', 'transcription')),
    model_id uuid,
    model_name varchar(100) not null,
    primary key (org_id, purpose),
    foreign key (model_id, org_id) references models (model_id, org_id) on delete set null (model_id)
);

create index default_models_model on default_models (model_id, org_id);

alter table default_models enable row level security;
alter table default_models force row level security;
create policy members on default_models
    using ((select alma_is_system()) or org_id = (select alma_org()));
