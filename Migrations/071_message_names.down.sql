drop index pending_messages_heard;
drop index pending_messages_waiting;
select set_config('alma.system', 'on', true);
-- Without their words they are of no use there.
delete from pending_messages where content = '' and attachments = '{}';
select set_config('alma.system', '', true);
alter table pending_messages
    drop constraint pending_messages_forgotten,
    drop column temp_message_id;
