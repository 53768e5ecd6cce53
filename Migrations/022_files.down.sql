alter table models drop column supports_vision;
alter table pending_messages drop column attachments;
drop table file_parts;
drop table files;
