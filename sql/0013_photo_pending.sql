-- Photos on their way into a bucket: each file lies here, in the transaction that takes the photo, until the jobs have put it there. pending: some of the object's files
-- still do. busy_by, busy_until: who writes or removes its files in the bucket at the moment, a number drawn by lot; no row is locked meanwhile.
CREATE TABLE IF NOT EXISTS photo_pending (
  hash BINARY(16) NOT NULL,
  box SMALLINT UNSIGNED NOT NULL,
  webp TINYINT NOT NULL,
  bytes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (hash, box, webp),
  CONSTRAINT photo_pending_object FOREIGN KEY (hash) REFERENCES photo_object (hash) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'photo_object' AND column_name = 'pending') > 0, 'DO 0',
  'ALTER TABLE photo_object ADD COLUMN pending TINYINT NOT NULL DEFAULT 0, ADD COLUMN busy_by BIGINT NOT NULL DEFAULT 0, ADD COLUMN busy_until DATETIME NULL');
PREPARE change_object FROM @statement;
EXECUTE change_object;
DEALLOCATE PREPARE change_object;
