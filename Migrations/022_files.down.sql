delete from models where model_type = 'transcription';
alter table models drop constraint models_model_type_check,
    add constraint models_model_type_check check (model_type in ('chat', 'completion', 'embedding'));
alter table models drop column supports_vision;
alter table pending_messages drop column attachments;
drop table file_parts;
drop table files;
