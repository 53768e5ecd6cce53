drop table agent_statistics;
drop table agents;
alter table organisations drop constraint organisations_default_model, drop column default_model_id;
drop table models;
drop table llmconfigs;
