-- Members, what proves who they are, and what they wait for. Raw tokens are nowhere: a column token_hash holds their SHA-256.
INSERT IGNORE INTO site_key (name, value) VALUES ('totp', RANDOM_BYTES(32)), ('unsubscribe', RANDOM_BYTES(32)), ('account', RANDOM_BYTES(32));

-- role: 0 member, 1 moderator, 2 admin. state: 1 active, 2 disabled, 3 leaving (delete_at says when the rest goes), 4 gone (a name-less shell
-- that what others wrote still points at). trust: 0 new, 1 trusted, 2 never trusted.
CREATE TABLE IF NOT EXISTS member (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name VARCHAR(80) NOT NULL,
  password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role TINYINT NOT NULL DEFAULT 0,
  state TINYINT NOT NULL DEFAULT 1,
  trust TINYINT NOT NULL DEFAULT 0,
  lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'en',
  place_id INT UNSIGNED NULL,
  about VARCHAR(2000) NOT NULL DEFAULT '',
  address_name VARCHAR(80) NOT NULL DEFAULT '',
  address_line1 VARCHAR(120) NOT NULL DEFAULT '',
  address_line2 VARCHAR(120) NOT NULL DEFAULT '',
  address_city VARCHAR(80) NOT NULL DEFAULT '',
  address_region VARCHAR(80) NOT NULL DEFAULT '',
  address_postal_code VARCHAR(20) NOT NULL DEFAULT '',
  address_country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  totp_secret VARBINARY(128) NULL,
  totp_pending VARBINARY(128) NULL,
  totp_last_step BIGINT NOT NULL DEFAULT 0,
  state_reason VARCHAR(500) NOT NULL DEFAULT '',
  created_at DATETIME NOT NULL,
  signed_in_at DATETIME NULL,
  delete_at DATETIME NULL,
  UNIQUE KEY member_email (email),
  KEY member_created (created_at),
  KEY member_delete (state, delete_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who asked for an account and has not followed the link in the mail. The first of an address to do so becomes the member.
CREATE TABLE IF NOT EXISTS registration (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name VARCHAR(80) NOT NULL,
  password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lang CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  KEY registration_email (email),
  KEY registration_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- kind: 0 a browser's cookie, 1 a program's sign-in, 2 a personal token (name, scopes, no idle end).
CREATE TABLE IF NOT EXISTS session (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash BINARY(32) NOT NULL,
  member_id BIGINT UNSIGNED NOT NULL,
  kind TINYINT NOT NULL,
  scopes INT UNSIGNED NOT NULL,
  name VARCHAR(80) NOT NULL DEFAULT '',
  user_agent VARCHAR(200) NOT NULL DEFAULT '',
  address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  created_at DATETIME NOT NULL,
  last_seen_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  UNIQUE KEY session_token (token_hash),
  KEY session_member (member_id, kind, id),
  KEY session_expires (expires_at),
  CONSTRAINT session_member_exists FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Links in mails that open one thing: see enum token_kind. subject_id: a member's or a listing's id, by kind.
CREATE TABLE IF NOT EXISTS token (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  kind TINYINT NOT NULL,
  subject_id BIGINT UNSIGNED NOT NULL,
  data VARCHAR(254) NOT NULL DEFAULT '',
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  used_at DATETIME NULL,
  KEY token_subject (kind, subject_id),
  KEY token_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS recovery_code (
  member_id BIGINT UNSIGNED NOT NULL,
  code_hash BINARY(32) NOT NULL,
  used_at DATETIME NULL,
  PRIMARY KEY (member_id, code_hash),
  CONSTRAINT recovery_code_member_exists FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
