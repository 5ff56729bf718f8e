-- What waited before there was a queue has waited since it was written.
UPDATE listing SET submitted_at = created_at WHERE state IN (0, 5) AND submitted_at IS NULL;

-- One flag per person and subject. reporter: "m:ID" of a member, "a:ADDRESS" of a visitor (IPv6 by /64), "side:buyer" or "side:seller" of a
-- conversation's visitor, "rule:ID" for a message that a rule kept back. state: 0 open, 1 upheld, 2 dismissed.
CREATE TABLE IF NOT EXISTS flag (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  listing_id BIGINT UNSIGNED NOT NULL,
  conversation_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  reporter VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason TINYINT NOT NULL,
  body VARCHAR(2000) NOT NULL DEFAULT '',
  state TINYINT NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  decided_at DATETIME NULL,
  UNIQUE KEY flag_once (listing_id, conversation_id, reporter),
  KEY flag_open (state, listing_id, conversation_id),
  KEY flag_queue (state, created_at, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Every action of a moderator or of a rule. moderator_id NULL: the site did it by itself. waited_seconds: from submission to decision, -1 where that
-- says nothing. reason_code: a standard reason; reason: a moderator's own words. Both are public.
CREATE TABLE IF NOT EXISTS moderation_entry (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  action TINYINT NOT NULL,
  moderator_id BIGINT UNSIGNED NULL,
  listing_id BIGINT UNSIGNED NULL,
  member_id BIGINT UNSIGNED NULL,
  reason_code TINYINT NOT NULL DEFAULT 0,
  reason VARCHAR(500) NOT NULL DEFAULT '',
  waited_seconds BIGINT NOT NULL DEFAULT -1,
  created_at DATETIME NOT NULL,
  KEY moderation_entry_created (created_at),
  KEY moderation_entry_listing (listing_id, id),
  KEY moderation_entry_member (member_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- kind: 0 an e-mail address, 1 a client's address or network. value: the address in lower case, an IPv4 address, or an IPv6 /64's first address.
CREATE TABLE IF NOT EXISTS ban (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind TINYINT NOT NULL,
  value VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  member_id BIGINT UNSIGNED NULL,
  reason VARCHAR(500) NOT NULL DEFAULT '',
  created_by BIGINT UNSIGNED NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NULL,
  UNIQUE KEY ban_value (kind, value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- kind: 0 a word or phrase (folded), 1 a link's host and everything below it. action: 0 hold for a moderator, 1 refuse.
CREATE TABLE IF NOT EXISTS content_rule (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind TINYINT NOT NULL,
  pattern VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  action TINYINT NOT NULL,
  note VARCHAR(200) NOT NULL DEFAULT '',
  created_by BIGINT UNSIGNED NULL,
  created_at DATETIME NOT NULL,
  UNIQUE KEY content_rule_pattern (kind, pattern)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
