-- What the log is asked: which checks are of pages of the past, and what was announced and is still open.

-- Where a page of the past was imported from; NULL: the check is our own.
ALTER TABLE check_run ADD COLUMN imported TEXT;
CREATE INDEX check_run_seen ON check_run (source, seen_at);

-- Announced changes after which nothing was recorded for the same record and field: those that can be due.
-- Derived from `change`: written and deleted with it.
CREATE TABLE open_announcement (
    place INTEGER PRIMARY KEY REFERENCES change (place),
    effective_on TEXT NOT NULL
) STRICT;
CREATE INDEX open_announcement_day ON open_announcement (effective_on);
INSERT INTO open_announcement (place, effective_on)
SELECT c.place, c.effective_on FROM change AS c
WHERE c.stage = 'announced' AND c.effective_on IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM change AS n
    WHERE n.source = c.source AND n.fact = c.fact AND n.record = c.record
    AND (n.field IS c.field OR n.field IS NULL) AND n.place > c.place
    AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = n.id));

-- The SHA-256 of the stored frame, beside that of the body in its id: a frame has bits that no reader looks
-- at. NULL for bodies from before.
ALTER TABLE snapshot ADD COLUMN frame TEXT;
