-- Models that write down what is said in recordings.
alter table models
    drop constraint models_model_type_check,
    add constraint models_model_type_check
        check (model_type in ('chat', 'completion', 'embedding', 'transcription'));
