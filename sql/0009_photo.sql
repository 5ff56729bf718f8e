-- Photos. An object is what the store keeps of one picture, under the hash of its own files; several photos may name it. refs counts them;
-- unreferenced_at says since when none does: a day later the object goes, under its row's lock.
CREATE TABLE IF NOT EXISTS photo_object (
  hash BINARY(16) NOT NULL PRIMARY KEY,
  width SMALLINT UNSIGNED NOT NULL,
  height SMALLINT UNSIGNED NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  placeholder CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refs INT UNSIGNED NOT NULL DEFAULT 0,
  unreferenced_at DATETIME NULL,
  created_at DATETIME NOT NULL,
  KEY photo_object_unreferenced (unreferenced_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- type, bytes: as the photo came (model/photo.h). Positions of a listing's photos run from 0 without gaps.
CREATE TABLE IF NOT EXISTS photo (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  listing_id BIGINT UNSIGNED NOT NULL,
  member_id BIGINT UNSIGNED NOT NULL,
  hash BINARY(16) NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  type TINYINT NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  alt VARCHAR(250) NOT NULL DEFAULT '',
  created_at DATETIME NOT NULL,
  UNIQUE KEY photo_once (listing_id, hash),
  KEY photo_order (listing_id, position),
  KEY photo_member (member_id, id),
  KEY photo_hash (hash),
  CONSTRAINT photo_object_exists FOREIGN KEY (hash) REFERENCES photo_object (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- How many photos a listing has, so that a list of listings without any asks no more; and a member's picture. MySQL has no ADD COLUMN IF NOT
-- EXISTS: each change runs when its column is not there.
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'listing' AND column_name = 'photos') > 0, 'DO 0',
  'ALTER TABLE listing ADD COLUMN photos TINYINT UNSIGNED NOT NULL DEFAULT 0');
PREPARE change_listing FROM @statement;
EXECUTE change_listing;
DEALLOCATE PREPARE change_listing;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'member' AND column_name = 'picture') > 0, 'DO 0',
  'ALTER TABLE member ADD COLUMN picture BINARY(16) NULL, ADD KEY member_picture (picture)');
PREPARE change_member FROM @statement;
EXECUTE change_member;
DEALLOCATE PREPARE change_member;
