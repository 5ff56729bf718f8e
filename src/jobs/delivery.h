/* delivery: takes rows of the outbox one by one and sees each off, at least once. What a row of a kind comes to stands in a table in delivery.c, a function per kind;
 * mail goes out in a thread of its own, so that neither waits for the other's servers. */
#pragma once

#include <stdatomic.h>

#include "db/db.h"
#include "db/outbox_db.h"
#include "store/cloud.h"
#include "store/mail.h"
#include "store/photo.h"

enum {
	DELIVERY_LEASE_SECONDS = 300,  /* longer than one row may take: it is free again when its runner died */
	DELIVERY_ATTEMPTS_MAX = 20,    /* a minute's wait, doubled each time to six hours: about three days */
	DELIVERY_KINDS_MAX = 16,
};

enum delivery_side { DELIVERY_MAIL, DELIVERY_OTHERS };

enum delivery_outcome {
	DELIVERY_DONE,
	DELIVERY_LATER,      /* this row did not get through: tried again, with a pause that grows */
	DELIVERY_AWAY,       /* none of its kind would: the others of it wait too */
	DELIVERY_NEVER,      /* this row never will */
	DELIVERY_NOT_WRITTEN /* the database is away, so that nothing can be said of the row: it is free again in a while */
};

struct delivery {
	const struct conf *conf;
	struct cloud *cloud;
	struct db *db;
	struct arena *arena;           /* reset before each row */
	enum delivery_side side;
	struct mail_carrier *carrier;  /* on the side of mail */
	struct photo_store *photos;    /* opened for the first photo that goes into it */
	const atomic_bool *stop;
	struct mail_beat beat;
	char owner[64];
	struct delivery_pause {
		unsigned times;            /* how often in a row nothing of the kind could be delivered */
		uint64_t until_us;         /* not before, by clock_mono_us */
	} pauses[DELIVERY_KINDS_MAX];
	const char *away;              /* the kind of which the last round could deliver nothing; NULL: none */
	int64_t sent, later, dead;     /* so far */
	/* What a kind's function says of a row that is not done: for the operator, and kept in the row. */
	char why[MAIL_WHY_MAX];
	const char *reason;            /* the same for the log, where why may name a person; NULL: why itself */
	const char *what;              /* what it is for the log: a mail's kind, or the row's */
};

/* Fills in owner; the rest is the caller's. */
void delivery_init(struct delivery *d);
/* Takes what is due on its side, until nothing is, or until told to stop, or until the database fails. A kind of which nothing can be delivered is left alone
 * for a while, longer each time. */
MUST_CHECK enum err delivery_round(struct delivery *d);
/* Tells the watchdog that a delivery which takes its time is alive. */
void delivery_beat(const struct delivery *d);
/* What an error of a database or a service makes of a row; why is the caller's to write. */
enum delivery_outcome delivery_outcome_of(enum err e);

/* One row of a kind, which this runner has claimed. Called again when what it did could not be written down, or its runner died. A function for a row of the table. */
enum delivery_outcome deliver_mail(struct delivery *d, const struct outbox_row *row);
enum delivery_outcome deliver_photos(struct delivery *d, const struct outbox_row *row);
enum delivery_outcome deliver_photo_record(struct delivery *d, const struct outbox_row *row);
enum delivery_outcome deliver_address(struct delivery *d, const struct outbox_row *row);
enum delivery_outcome deliver_photo_put(struct delivery *d, const struct outbox_row *row);
