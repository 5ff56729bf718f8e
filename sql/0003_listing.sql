-- state: 0 pending, 1 published, 2 rejected, 3 removed.
-- category_top_id, region_id repeat the parents of category_id and place_id (themselves when they are top entries).
CREATE TABLE IF NOT EXISTS listing (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  state TINYINT NOT NULL DEFAULT 0,
  category_id INT UNSIGNED NOT NULL,
  category_top_id INT UNSIGNED NOT NULL,
  place_id INT UNSIGNED NOT NULL,
  region_id INT UNSIGNED NOT NULL,
  title VARCHAR(120) NOT NULL,
  slug VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  summary VARCHAR(201) NOT NULL,
  description TEXT NOT NULL,
  price_minor BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stock INT UNSIGNED NOT NULL DEFAULT 1,
  contact_name VARCHAR(80) NOT NULL,
  contact_email VARCHAR(254) NOT NULL,
  reject_reason VARCHAR(500) NOT NULL DEFAULT '',
  content_hash BINARY(32) NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  published_at DATETIME NULL,
  search_text MEDIUMTEXT NOT NULL,
  KEY listing_state (state, id),
  KEY listing_content (content_hash, created_at),
  KEY listing_category (category_id),
  KEY listing_place (place_id),
  FULLTEXT KEY listing_search (search_text),
  CONSTRAINT listing_category_exists FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT listing_place_exists FOREIGN KEY (place_id) REFERENCES place (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The browse index: for each published listing its 9 pairs of (0, top category, category) x (0, region, place), fewer where
-- a listing stands in a top entry itself. Any mix of filters is one range of one of its two keys.
CREATE TABLE IF NOT EXISTS listing_facet (
  category_node INT UNSIGNED NOT NULL,
  place_node INT UNSIGNED NOT NULL,
  published_at DATETIME NOT NULL,
  listing_id BIGINT UNSIGNED NOT NULL,
  price_minor BIGINT NOT NULL,
  PRIMARY KEY (category_node, place_node, published_at, listing_id),
  KEY listing_facet_price (category_node, place_node, price_minor, listing_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS message (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind TINYINT NOT NULL,
  listing_id BIGINT UNSIGNED NULL,
  name VARCHAR(80) NOT NULL,
  email VARCHAR(254) NOT NULL,
  body TEXT NOT NULL,
  lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content_hash BINARY(32) NOT NULL,
  created_at DATETIME NOT NULL,
  read_at DATETIME NULL,
  KEY message_kind (kind, id),
  KEY message_content (content_hash, created_at),
  KEY message_listing (listing_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Batches of an import that are in: a killed run resumes behind them.
CREATE TABLE IF NOT EXISTS import_batch (
  batch_key VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  rows_in INT UNSIGNED NOT NULL,
  created_at DATETIME NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
