-- What backs no fact and no change need not be kept for ever: old checks without news, and the bodies of
-- pages that differed in nothing that is read. All that history rests on stays append-only.

-- A body that is no longer kept is empty; its hash stays, and the body comes back when the page says the same
-- again. One that a change quotes is kept for ever.
DROP TRIGGER snapshot_update;
CREATE TRIGGER snapshot_update BEFORE UPDATE ON snapshot
WHEN NEW.id IS NOT OLD.id OR NEW.size_bytes IS NOT OLD.size_bytes
  OR NEW.first_seen_at IS NOT OLD.first_seen_at OR (length(OLD.body) > 0 AND length(NEW.body) > 0)
  OR EXISTS (SELECT 1 FROM change WHERE snapshot = OLD.id)
BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
DROP TRIGGER snapshot_delete;
CREATE TRIGGER snapshot_delete BEFORE DELETE ON snapshot WHEN length(OLD.body) > 0
BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;

-- A check with an event or facts of its own is history; what else refers to a check keeps it by its key.
DROP TRIGGER check_run_delete;
CREATE TRIGGER check_run_delete BEFORE DELETE ON check_run
WHEN EXISTS (SELECT 1 FROM event WHERE check_id = OLD.id)
  OR EXISTS (SELECT 1 FROM facts_written WHERE check_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'check_run is append-only'); END;
DROP TRIGGER page_capture_delete;
CREATE TRIGGER page_capture_delete BEFORE DELETE ON page_capture
WHEN EXISTS (SELECT 1 FROM event WHERE check_id = OLD.check_id)
  OR EXISTS (SELECT 1 FROM facts_written WHERE check_id = OLD.check_id)
BEGIN SELECT RAISE(ABORT, 'page_capture is append-only'); END;

-- Every key that leads to a check or a body, so that what may go is found without reading everything.
CREATE INDEX check_run_snapshot ON check_run (snapshot) WHERE snapshot IS NOT NULL;
CREATE INDEX change_snapshot ON change (snapshot);
CREATE INDEX fact_set_check ON fact_set (check_id);
CREATE INDEX record_state_check ON record_state (check_id);
CREATE INDEX delivery_check ON delivery (check_id) WHERE check_id IS NOT NULL;
CREATE INDEX hold_check ON hold (check_id);
