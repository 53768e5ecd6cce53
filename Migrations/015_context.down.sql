drop function budget_reservation_holds(budget_reservations, runs);
drop table request_preambles;
drop table model_requests;
drop table tool_results;
drop table conversation_variables;
drop table writing_tasks;
drop table conversation_summaries;
alter table conversations drop column is_titled;
alter table organisations drop column instruction;
