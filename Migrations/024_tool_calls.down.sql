drop policy managers on tool_policies;
drop trigger forget_tool_inputs on runs;
drop function forget_tool_inputs();
drop table tool_calls;
