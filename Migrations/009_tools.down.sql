drop table agent_tools;
drop table tools;
