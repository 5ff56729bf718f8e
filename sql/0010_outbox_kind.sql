-- What goes to others than readers of mail does not wait behind mails that no server takes: it is asked for by its kind.
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'outbox' AND index_name = 'outbox_kind') > 0, 'DO 0',
  'ALTER TABLE outbox ADD KEY outbox_kind (kind, state, due_at, id)');
PREPARE change_outbox FROM @statement;
EXECUTE change_outbox;
DEALLOCATE PREPARE change_outbox;
