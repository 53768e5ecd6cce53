alter table runs
    drop column changes,
    drop column forked_step,
    drop column forked_from;
drop index messages_parent;
alter table messages drop column deleted_with;
alter table conversations drop column leaf_message_id;
