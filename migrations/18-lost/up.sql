-- The version of the source's state from which a check could first not read something. The letter to the operator
-- about it has that number, so that the one that it can be read again follows it. NULL: it is from before.
ALTER TABLE unreadable ADD COLUMN version INTEGER;
