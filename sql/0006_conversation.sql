-- A buyer and a seller who write to each other through the site: neither sees the other's address. The links in their mails are rows of
-- token (kinds 7, 8). state: 0 open, 1 ended, 2 held by a moderator or a rule. pair: a SHA-256 of who talks about what, so that two first messages
-- at once make one conversation. buyer_email: a visitor's; a member's stands with the member. last_…_id: the newest message of that side
-- that is not held back, 0: none yet. …_read_id: the newest of the other side's that was marked as read.
CREATE TABLE IF NOT EXISTS conversation (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  listing_id BIGINT UNSIGNED NOT NULL,
  pair BINARY(32) NOT NULL,
  seller_member_id BIGINT UNSIGNED NULL,
  buyer_member_id BIGINT UNSIGNED NULL,
  buyer_name VARCHAR(80) NOT NULL,
  buyer_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  buyer_lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state TINYINT NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  last_message_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  last_buyer_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  last_seller_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  buyer_read_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  seller_read_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  UNIQUE KEY conversation_pair (pair),
  KEY conversation_listing (listing_id, id),
  KEY conversation_seller (seller_member_id, last_message_at),
  KEY conversation_buyer (buyer_member_id, last_message_at),
  KEY conversation_email (buyer_email),
  KEY conversation_state (state, id),
  KEY conversation_created (created_at),
  CONSTRAINT conversation_listing_exists FOREIGN KEY (listing_id) REFERENCES listing (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- held: kept back until a moderator has looked at it.
CREATE TABLE IF NOT EXISTS conversation_message (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  conversation_id BIGINT UNSIGNED NOT NULL,
  from_seller TINYINT NOT NULL,
  held TINYINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  content_hash BINARY(32) NOT NULL,
  created_at DATETIME NOT NULL,
  KEY conversation_message_order (conversation_id, id),
  KEY conversation_message_created (created_at),
  CONSTRAINT conversation_message_exists FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
