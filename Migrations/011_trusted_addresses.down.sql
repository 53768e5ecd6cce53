alter table llmconfigs drop column is_address_trusted;
