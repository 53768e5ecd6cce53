drop table tool_approvals;
drop table tool_policies;
