-- Listings get owners and an end. States as before, and: 4 draft, 5 held, 6 expired, 7 sold, 8 withdrawn, 9 waiting for the visitor's
-- confirmation of the e-mail. version goes up with every change, so that of two who edit at once the second learns of the first. MySQL has no ADD COLUMN IF NOT EXISTS: the change runs when its first column is not there.
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'listing' AND column_name = 'member_id') > 0, 'DO 0',
  'ALTER TABLE listing ADD COLUMN member_id BIGINT UNSIGNED NULL, ADD COLUMN lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''en'', ADD COLUMN expires_at DATETIME NULL, ADD COLUMN expiry_warned_at DATETIME NULL, ADD COLUMN submitted_at DATETIME NULL, ADD COLUMN held_reason VARCHAR(500) NOT NULL DEFAULT '''', ADD COLUMN held_from TINYINT NOT NULL DEFAULT 0, ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 0, ADD KEY listing_member (member_id, id), ADD KEY listing_expires (state, expires_at), ADD KEY listing_warned (state, expiry_warned_at, expires_at), ADD KEY listing_email (contact_email), ADD KEY listing_created (created_at), ADD KEY listing_queue (state, submitted_at), ADD KEY listing_changed (state, updated_at)');
PREPARE change_listing FROM @statement;
EXECUTE change_listing;
DEALLOCATE PREPARE change_listing;

-- Counted apart, so that being looked at does not write to the listing.
CREATE TABLE IF NOT EXISTS listing_view (
  listing_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  views BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS favourite (
  member_id BIGINT UNSIGNED NOT NULL,
  listing_id BIGINT UNSIGNED NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (member_id, listing_id),
  KEY favourite_order (member_id, created_at, listing_id),
  KEY favourite_listing (listing_id),
  CONSTRAINT favourite_member_exists FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
  CONSTRAINT favourite_listing_exists FOREIGN KEY (listing_id) REFERENCES listing (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- query: the canonical query string of /listings, percent-encoded. frequency: 0 no mail, 1 at once, 2 daily. seen_at: when the alerts last looked.
CREATE TABLE IF NOT EXISTS saved_search (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  member_id BIGINT UNSIGNED NOT NULL,
  name VARCHAR(120) NOT NULL,
  query VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  frequency TINYINT NOT NULL,
  seen_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  UNIQUE KEY saved_search_query (member_id, query),
  KEY saved_search_due (frequency, due_at, id),
  CONSTRAINT saved_search_member_exists FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What was sent: a listing is told of once per search.
CREATE TABLE IF NOT EXISTS saved_search_sent (
  saved_search_id BIGINT UNSIGNED NOT NULL,
  listing_id BIGINT UNSIGNED NOT NULL,
  sent_at DATETIME NOT NULL,
  PRIMARY KEY (saved_search_id, listing_id),
  KEY saved_search_sent_order (saved_search_id, sent_at, listing_id),
  CONSTRAINT saved_search_sent_exists FOREIGN KEY (saved_search_id) REFERENCES saved_search (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Searches of a day that found nothing, folded as they are searched for.
CREATE TABLE IF NOT EXISTS search_miss (
  day DATE NOT NULL,
  query VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  misses INT UNSIGNED NOT NULL,
  PRIMARY KEY (day, query)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What the reports show, counted by the jobs: reading them costs the same however many listings there are. period: 0 day, 1 week, 2 month, which begins
-- on starts (UTC). series: see model/report.h.
CREATE TABLE IF NOT EXISTS report_value (
  period TINYINT NOT NULL,
  series TINYINT NOT NULL,
  starts DATE NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (period, series, starts)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
