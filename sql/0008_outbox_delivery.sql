-- Delivery. state: 0 waiting, 1 done (its payload is wiped), 2 dead: given up after so many attempts. A row belongs to whoever claimed it until claimed_until.
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'outbox' AND column_name = 'claimed_until') > 0, 'DO 0',
  'ALTER TABLE outbox ADD COLUMN claimed_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '''', ADD COLUMN claimed_until DATETIME NULL, ADD COLUMN done_at DATETIME NULL, ADD KEY outbox_done (state, done_at)');
PREPARE change_outbox FROM @statement;
EXECUTE change_outbox;
DEALLOCATE PREPARE change_outbox;
