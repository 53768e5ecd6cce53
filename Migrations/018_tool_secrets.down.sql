drop table tool_secrets;
