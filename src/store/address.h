/* address: where the addresses are kept that visitors leave on /reverse-ip: in the database, or in DynamoDB ([address] store). */
#pragma once

#include "db/db.h"
#include "model/address.h"
#include "store/cloud.h"

/* Kind of the outbox rows that bring an address to DynamoDB. */
#define OUTBOX_ADDRESS "address"

enum { ADDRESS_LATEST_MAX = 100, ADDRESS_WHY_MAX = 512 };

/* Made on the spot; everything in it is the caller's, db the thread's. */
struct address_store {
	const struct conf *conf;
	struct cloud *cloud;
	struct db *db;
};

/* No call leaves for AWS: what belongs there is a row of the outbox. ERR_INVALID: ip is no address. */
MUST_CHECK enum err address_add(const struct address_store *s, const char *ip, int64_t now);
/* Newest first, at most limit of them (1 to ADDRESS_LATEST_MAX), in the arena. Errors besides the database's: ERR_DENIED; ERR_TIMEOUT, ERR_CLOSED, ERR_LIMITED: AWS is away;
 * ERR_INVALID: the configuration does not do. why: a sentence's end for the sysadmin, "" where the database says it. */
MUST_CHECK enum err address_latest(const struct address_store *s, struct arena *a, unsigned limit, struct address_seen **items, size_t *n, char why[static ADDRESS_WHY_MAX]);
/* Delivers a row of the outbox, which makes one item however often it is delivered; payload: the row's. Errors as above, and ERR_RANGE: the payload is none. */
MUST_CHECK enum err address_deliver(const struct address_store *s, const char *payload, char why[static ADDRESS_WHY_MAX]);
