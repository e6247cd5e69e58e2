-- The hash of how a check's page came, which the chain covers as it does the other columns of a check: which
-- capture backs which page can no longer be altered unseen. NULL: no page was kept, or it is from before.
ALTER TABLE check_run ADD COLUMN capture TEXT;
