drop table agent_skills;
drop table skill_files;
drop table skills;
