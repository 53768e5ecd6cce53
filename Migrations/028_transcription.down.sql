select set_config('alma.system', 'on', true);

-- Nothing that answers knows this type.
delete from models where model_type = 'transcription';

select set_config('alma.system', '', true);

alter table models
    drop constraint models_model_type_check,
    add constraint models_model_type_check check (model_type in ('chat', 'completion', 'embedding'));
