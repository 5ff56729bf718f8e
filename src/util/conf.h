/* conf: the typed configuration. One schema table says every section, key, type, range and default; inih
 * reads the file. An unknown section or key, a key given twice, a value of the wrong type or out of range, a
 * line that is no line: refused, with the file and line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/err.h"

enum { CONF_TEXT_MAX = 512, CONF_TRUSTED_MAX = 16 };

struct conf {
	struct {
		char name[128];          /* the site's name, English */
		char name_fr[128];       /* the same in French; the English one when empty */
		char url[256];           /* public base address without a trailing slash: canonical links, feeds */
		char contact_email[256];
		char currency[4];        /* ISO 4217 */
		char languages[64];      /* "en", "fr", "en,fr": the first is the default */
	} site;
	struct {
		char socket[256];        /* a path; used when host is empty */
		char host[512];          /* may be a reference, as user may */
		int64_t port;
		char name[64];
		char user[512];
		char password[512];      /* a reference (store/secret.h); empty for socket authentication */
		int64_t connect_timeout; /* seconds */
		int64_t read_timeout;    /* seconds */
		int64_t statement_timeout_ms; /* a worker's statements; 0: none */
		char tls_ca[256];        /* a file: TLS enforced and the server verified */
		char replica_host[256];  /* reads that may be a little late; empty: the primary */
		int64_t replica_port;
	} database;
	struct {
		int64_t threads;
		int64_t max_connections; /* kept and fresh FastCGI connections of one process */
		int64_t read_timeout_ms; /* a peer that sends nothing while a request is being read */
		int64_t drain_seconds;   /* how long requests in flight may take after SIGTERM */
		int64_t arena_kb;        /* most memory of one request */
		char runtime_dir[256];   /* the pool's metrics slots */
		char client_dir[256];    /* where partials/ lies */
		char trusted_proxies[512]; /* addresses or CIDR blocks, comma separated: X-Forwarded-For is read from the right through these only */
	} worker;
	struct {
		int64_t submit_per_hour;  /* per client address */
		int64_t contact_per_hour;
		int64_t report_per_hour;
		int64_t address_per_hour;
		int64_t photo_per_hour;   /* per member */
		int64_t register_per_hour; /* accounts asked for, and new passwords */
		int64_t sign_in_per_account; /* failures in 15 minutes */
		int64_t sign_in_per_address;
		int64_t form_min_seconds; /* a form sent back sooner is a robot's */
		int64_t form_max_seconds;
	} limits;
	struct {
		int64_t trusted_after;    /* published listings without an upheld report; 0: nobody by itself */
		int64_t flags_to_hold;    /* open reports of different people; 0: never */
	} moderation;
	struct {
		char transport[16];      /* folder, smtp, ses */
		char folder[256];        /* empty: "mail" below worker.runtime_dir: see conf_mail_folder() */
		char from[256];          /* empty: "outport@" and the host of site.url */
		char from_name[128];     /* empty: the site's name in the reader's language */
		char reply_to[256];      /* empty: site.contact_email */
		char smtp_url[256];      /* smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT */
		char smtp_user[256];     /* empty: no sign-in */
		char smtp_password[512]; /* a reference */
		char smtp_tls_ca[256];   /* a file; empty: the system's */
		int64_t smtp_timeout;    /* seconds for one mail, from connecting to the last answer */
		char ses_configuration_set[65]; /* empty: none */
	} mail;
	struct {
		char store[16];          /* folder, s3 */
		char bucket[64];         /* of S3 */
		char prefix[128];        /* in front of the objects' keys: "photos/" */
		char meta[16];           /* where records of photos are kept: mysql, dynamodb */
		char meta_table[256];    /* of DynamoDB */
		char photos[256];        /* the folder; empty: "photos" below worker.runtime_dir: see conf_photo_folder() */
		char spool[256];         /* where uploads lie while they are read; empty: the photos' folder */
		char url[256];           /* of the photos' own host, without a trailing slash; empty: /media of this one */
		int64_t decoders;        /* photos decoded at the same time, by one process */
	} media;
	struct {
		char store[16];          /* mysql, dynamodb */
		char table[256];         /* of DynamoDB */
		int64_t keep_days;
	} address;
	struct {
		char region[32];         /* empty: AWS_REGION of the environment */
	} aws;
	struct {
		char cloudwatch_namespace[128]; /* empty: nothing is published */
	} monitor;
	struct {
		char level[16];          /* debug, info, warning, error */
	} log;
};

struct conf_error {
	char file[256];
	int line;      /* 0: the file as a whole */
	char text[512];
};

/* All defaults. */
void conf_defaults(struct conf *c);
/* Reads path over the defaults. On ERR_INVALID or ERR_IO *e says where and why. */
MUST_CHECK enum err conf_load(const char *path, struct conf *c, struct conf_error *e);
/* The schema as Markdown tables, for docs/configure.md (a test holds the two together). */
void conf_print_schema(FILE *out);
/* The host of site.url, without brackets and port; cut to size. */
void conf_site_host(const struct conf *c, char *out, size_t size);
/* Where mails go with transport = folder. */
MUST_CHECK enum err conf_mail_folder(const struct conf *c, char *out, size_t size);
/* Where photos are kept, and where uploads lie while they are read. */
MUST_CHECK enum err conf_photo_folder(const struct conf *c, char *out, size_t size);
MUST_CHECK enum err conf_spool_folder(const struct conf *c, char *out, size_t size);
/* Does s begin as the reference of a secret ("kms:"), whether the rest does or not? */
bool conf_is_reference(const char *s);
/* Resolves a reference to this machine (file:PATH without its trailing newline, env:NAME, or "" for none) into out.
 * ERR_INVALID: another scheme, or none; ERR_NOT_FOUND; ERR_TOO_LARGE. For all schemes: store/secret.h. */
MUST_CHECK enum err conf_secret(const char *reference, char *out, size_t size);
