#include "jobs/delivery.h"

#include <stdio.h>

#include "store/address.h"
#include "store/photo_meta.h"

/* What the table does not take is for the sysadmin to see; whatever else stands in the way goes away. */
static enum delivery_outcome outcome(struct delivery *d, enum err e, const char *why)
{
	snprintf(d->why, sizeof d->why, "%s", why[0] != '\0' ? why : err_text(e));
	switch (e) {
	case ERR_CONFLICT:
	case ERR_RANGE: return DELIVERY_NEVER;
	case ERR_NOT_FOUND: return DELIVERY_AWAY;
	default: return delivery_outcome_of(e);
	}
}

enum delivery_outcome deliver_photo_record(struct delivery *d, const struct outbox_row *row)
{
	char why[PHOTO_META_WHY_MAX];
	const struct photo_meta_store s = {d->conf, d->cloud, d->db};
	return outcome(d, photo_meta_settle(&s, d->arena, row->subject_id, row->payload, why), why);
}

enum delivery_outcome deliver_address(struct delivery *d, const struct outbox_row *row)
{
	char why[ADDRESS_WHY_MAX];
	const struct address_store s = {d->conf, d->cloud, d->db};
	return outcome(d, address_deliver(&s, row->payload, why), why);
}
