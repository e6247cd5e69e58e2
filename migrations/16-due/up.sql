-- When an open announcement is due where nothing confirms it: its own day, or a later one to which it was put
-- off since. NULL: never, because it is retracted, or only moves a day. Derived from `change`, as the table is:
-- worked out when something is recorded, so that the log is asked without looking at what came after each.
ALTER TABLE open_announcement ADD COLUMN due_on TEXT;
UPDATE open_announcement SET due_on = (
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = c.id) THEN NULL
        WHEN c.field IS NOT NULL AND c.new ->> 'date' IS c.effective_on THEN NULL
        ELSE max(c.effective_on, coalesce((SELECT max(n.effective_on) FROM change AS n
            WHERE n.source = c.source AND n.fact = c.fact AND n.record = c.record
            AND n.place > c.place AND n.stage = 'announced'
            AND n.new LIKE '%' || n.effective_on || '%'
            AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = n.id)), ''))
        END
    FROM change AS c WHERE c.place = open_announcement.place);
