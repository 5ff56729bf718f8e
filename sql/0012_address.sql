-- Addresses that visitors left on /reverse-ip, where the database keeps them. They go after [address] keep_days.
CREATE TABLE IF NOT EXISTS address_seen (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stored_at DATETIME NOT NULL,
  KEY address_seen_stored (stored_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
