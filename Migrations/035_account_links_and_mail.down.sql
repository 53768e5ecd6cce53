drop table mails;
drop table account_links;
