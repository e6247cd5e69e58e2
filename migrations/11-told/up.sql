-- What readers have been told, in the order of telling: a reader who has come to one number has missed
-- nothing before it. The order of the log is another one: a page that was fetched earlier may be recorded
-- later, and what only the operator was told of is told once somebody has reviewed it.

-- An event, or one change of it that is taken back.
CREATE TABLE told (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL REFERENCES event (id),
    change TEXT REFERENCES change (id)      -- what is taken back; NULL: the event itself is told
) STRICT;
CREATE UNIQUE INDEX told_event ON told (event) WHERE change IS NULL;
CREATE UNIQUE INDEX told_back ON told (change) WHERE change IS NOT NULL;

INSERT INTO told (event, change)
SELECT event, change FROM (
    SELECT e.id AS event, NULL AS change, e.check_id AS check_id FROM event AS e
    WHERE e.id NOT IN (SELECT u.event FROM untold AS u WHERE u.told_at IS NULL)
    UNION ALL
    SELECT x.event, x.change, x.check_id FROM retraction AS x
    WHERE x.event NOT IN (SELECT u.event FROM untold AS u WHERE u.told_at IS NULL))
ORDER BY check_id, change;

CREATE TRIGGER told_update BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'told is append-only'); END;
CREATE TRIGGER told_delete BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'told is append-only'); END;

-- The changes with a day, for a calendar.
CREATE INDEX change_effective ON change (effective_on) WHERE effective_on IS NOT NULL;
CREATE INDEX change_expires ON change (expires_on) WHERE expires_on IS NOT NULL;
