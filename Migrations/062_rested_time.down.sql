alter table runs drop column resting_since, drop column rested;
