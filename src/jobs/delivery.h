/* delivery: takes rows of the outbox one by one and sees each off, at least once. */
#pragma once

#include <stdatomic.h>

#include "db/db.h"
#include "store/mail.h"

enum {
	DELIVERY_LEASE_SECONDS = 300,  /* longer than one mail may take: a row is free again when its runner died */
	DELIVERY_ATTEMPTS_MAX = 20,    /* with delivery_backoff: about three days */
};

struct delivery {
	const struct conf *conf;
	struct db *db;
	struct arena *arena;
	struct mail_carrier *carrier;
	const atomic_bool *stop;
	struct mail_beat beat;
	char owner[64];
	unsigned away;                 /* how often in a row nothing could be delivered */
	int64_t sent, later, dead;     /* so far */
	char why[MAIL_WHY_MAX];        /* of the last failure */
};

/* Fills in owner; the rest is the caller's. */
void delivery_init(struct delivery *d);
/* Takes what is due, until nothing is, or until told to stop, or until nothing can be delivered at all (ERR_CLOSED), or until the
 * database fails. */
MUST_CHECK enum err delivery_round(struct delivery *d);
/* Seconds until attempt number n + 1: a minute, doubled each time, six hours at most, a fifth more or less. */
int64_t delivery_backoff(int64_t n);
