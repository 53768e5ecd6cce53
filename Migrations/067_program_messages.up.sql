-- A message that waits for its turn is a program's still when the turn begins: nobody sits there and waits for it.
alter table pending_messages add column is_program boolean not null default false;
