-- A buyer and a seller, each behind a token of their own: neither sees the other's address. state: 0 open, 1 ended, 2 held.
CREATE TABLE IF NOT EXISTS conversation (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  listing_id BIGINT UNSIGNED NOT NULL,
  seller_member_id BIGINT UNSIGNED NULL,
  buyer_member_id BIGINT UNSIGNED NULL,
  buyer_name VARCHAR(80) NOT NULL,
  buyer_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  buyer_lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  buyer_token_hash BINARY(32) NOT NULL,
  seller_token_hash BINARY(32) NOT NULL,
  state TINYINT NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  last_message_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  seller_read_at DATETIME NULL,
  buyer_read_at DATETIME NULL,
  UNIQUE KEY conversation_pair (listing_id, buyer_email),
  UNIQUE KEY conversation_buyer_token (buyer_token_hash),
  UNIQUE KEY conversation_seller_token (seller_token_hash),
  KEY conversation_seller (seller_member_id, last_message_at),
  KEY conversation_buyer (buyer_member_id, last_message_at),
  KEY conversation_last (last_message_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS conversation_message (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  conversation_id BIGINT UNSIGNED NOT NULL,
  from_seller TINYINT NOT NULL,
  body TEXT NOT NULL,
  content_hash BINARY(32) NOT NULL,
  created_at DATETIME NOT NULL,
  KEY conversation_message_order (conversation_id, id),
  KEY conversation_message_created (created_at),
  CONSTRAINT conversation_message_exists FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
