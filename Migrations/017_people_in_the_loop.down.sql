select set_config('alma.system', 'on', true);
delete from tool_approvals where kind <> 'approval';
update tool_approvals set state = 'denied', decided_by = user_id where state = 'expired';
update runs set state = 'queued' where state = 'paused';
select set_config('alma.system', '', true);

drop table pending_messages;
alter table runs drop column pause_requested_at;
alter table tool_policies drop column expires_after;
drop index tool_approvals_expiry;
alter table tool_approvals
    drop constraint tool_approvals_pkey,
    drop constraint tool_approvals_decided_by_check,
    drop constraint tool_approvals_state_check,
    drop column expires_at,
    drop column answer,
    drop column kind,
    add constraint tool_approvals_state_check check (state in ('pending', 'approved', 'denied')),
    add constraint tool_approvals_check1 check ((decided_at is null) = (decided_by is null)),
    add primary key (run_id, call_id);
