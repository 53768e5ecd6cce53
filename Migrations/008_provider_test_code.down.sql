alter table llmconfigs drop column test_code;
