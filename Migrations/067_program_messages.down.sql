alter table pending_messages drop column is_program;
