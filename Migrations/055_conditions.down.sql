drop policy auditors on tool_calls;
drop function alma_demand_unchanged(boolean);
