CREATE TABLE IF NOT EXISTS category (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id INT UNSIGNED NULL,
  slug VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name_en VARCHAR(80) NOT NULL,
  name_fr VARCHAR(80) NOT NULL,
  colour TINYINT UNSIGNED NOT NULL DEFAULT 1,
  position INT NOT NULL DEFAULT 0,
  UNIQUE KEY category_slug (slug),
  KEY category_parent (parent_id, position, id),
  CONSTRAINT category_parent_exists FOREIGN KEY (parent_id) REFERENCES category (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS place (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id INT UNSIGNED NULL,
  slug VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name_en VARCHAR(80) NOT NULL,
  name_fr VARCHAR(80) NOT NULL,
  UNIQUE KEY place_slug (slug),
  KEY place_parent (parent_id, id),
  CONSTRAINT place_parent_exists FOREIGN KEY (parent_id) REFERENCES place (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS resource (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  slug VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title_en VARCHAR(120) NOT NULL,
  title_fr VARCHAR(120) NOT NULL,
  summary_en VARCHAR(300) NOT NULL,
  summary_fr VARCHAR(300) NOT NULL,
  body_en MEDIUMTEXT NOT NULL,
  body_fr MEDIUMTEXT NOT NULL,
  position INT NOT NULL DEFAULT 0,
  updated_at DATETIME NOT NULL,
  UNIQUE KEY resource_slug (slug),
  KEY resource_position (position, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
