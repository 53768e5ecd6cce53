drop table default_models;
