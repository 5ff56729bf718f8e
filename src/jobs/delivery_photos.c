#include "jobs/delivery.h"

#include <stdio.h>

#include "db/photo_db.h"
#include "util/log.h"

/* A listing has ended: its photos go. Again there is nothing left to do. */
enum delivery_outcome deliver_photos(struct delivery *d, const struct outbox_row *row)
{
	int64_t n;
	enum err e = photo_db_remove_of_listing(d->db, row->subject_id, &n);
	if (e == ERR_OK)
		LOG_INFO("photos_removed", LOG_I("outbox", row->id), LOG_I("listing", row->subject_id), LOG_I("photos", n));
	else
		snprintf(d->why, sizeof d->why, "the photos cannot be removed: %s", err_text(e));
	enum delivery_outcome o = delivery_outcome_of(e);
	return o == DELIVERY_AWAY ? DELIVERY_LATER : o;
}
