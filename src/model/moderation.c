#include "model/moderation.h"

#include <string.h>

static const char *const decision_names[DECISION_COUNT] = {"approve", "reject", "hold", "remove", "dismiss"};
static const char *const flag_reason_names[FLAG_REASON_COUNT] = {"spam", "prohibited", "wrong", "sold", "other"};
static const char *const reason_names[REASON_COUNT] = {"none", "prohibited", "spam", "fraud", "category", "unclear", "duplicate", "personal", "other"};
static const char *const action_names[] = {
	[MODERATION_APPROVE] = "approve", [MODERATION_REJECT] = "reject", [MODERATION_HOLD] = "hold", [MODERATION_RELEASE] = "release",
	[MODERATION_REMOVE] = "remove", [MODERATION_EDIT] = "edit", [MODERATION_DISMISS] = "dismiss", [MODERATION_UPHOLD] = "uphold",
	[MODERATION_BAN] = "ban", [MODERATION_UNBAN] = "unban", [MODERATION_TRUST] = "trust", [MODERATION_NEVER_TRUST] = "never-trust",
	[MODERATION_ROLE] = "role", [MODERATION_RULE_ADD] = "rule-add", [MODERATION_RULE_REMOVE] = "rule-remove", [MODERATION_DISABLE] = "disable",
	[MODERATION_ENABLE] = "enable", [MODERATION_FORGET_TRUST] = "forget-trust", [MODERATION_PHOTO] = "photo",
	[MODERATION_PICTURE] = "picture",
};

/* The index of s, or -1. */
static int name_find(const char *const *names, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], s) == 0)
			return i;
	return -1;
}

const char *decision_name(enum decision_kind k)
{
	return decision_names[k];
}

bool decision_parse(const char *s, enum decision_kind *out)
{
	int i = name_find(decision_names, DECISION_COUNT, s);
	if (i >= 0)
		*out = (enum decision_kind)i;
	return i >= 0;
}

bool decision_allowed(enum decision_kind k, const struct listing *l)
{
	bool shown_before = l->state == LISTING_HELD && l->held_from == LISTING_PUBLISHED;
	switch (k) {
	case DECISION_APPROVE: return l->state == LISTING_PENDING || l->state == LISTING_HELD || l->state == LISTING_REJECTED;
	case DECISION_REJECT: return l->state == LISTING_PENDING || l->state == LISTING_HELD || l->state == LISTING_PUBLISHED;
	case DECISION_HOLD: return l->state == LISTING_PENDING || l->state == LISTING_PUBLISHED;
	case DECISION_REMOVE: return l->state != LISTING_REMOVED;
	case DECISION_DISMISS: return shown_before || l->state == LISTING_PUBLISHED;
	case DECISION_COUNT: break;
	}
	return false;
}

const char *flag_reason_name(enum flag_reason r)
{
	return (int)r >= 0 && r < FLAG_REASON_COUNT ? flag_reason_names[r] : "other";
}

bool flag_reason_parse(const char *s, enum flag_reason *out)
{
	int i = name_find(flag_reason_names, FLAG_REASON_COUNT, s);
	if (i >= 0)
		*out = (enum flag_reason)i;
	return i >= 0;
}

const char *moderation_reason_name(enum moderation_reason r)
{
	return (int)r >= 0 && r < REASON_COUNT ? reason_names[r] : "none";
}

bool moderation_reason_parse(const char *s, enum moderation_reason *out)
{
	int i = name_find(reason_names, REASON_COUNT, s);
	if (i >= 0)
		*out = (enum moderation_reason)i;
	return i >= 0;
}

const char *moderation_action_name(enum moderation_action a)
{
	size_t n = sizeof action_names / sizeof *action_names;
	return (size_t)a < n && action_names[a] != NULL ? action_names[a] : "?";
}
