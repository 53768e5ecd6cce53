drop table login_attempts;
drop table refresh_tokens;
drop table sessions;
drop table user_statistics;
drop table memberships;
drop table users;
drop table organisations;
drop function merge_json(jsonb, jsonb);
