/* moderation_view: the moderators' pages: the queue, one listing of it, bans, rules, a member; and the public log. */
#pragma once

#include "model/catalog.h"
#include "model/content_rule.h"
#include "model/moderation.h"
#include "render/form_view.h"
#include "render/photo_view.h"

struct moderation_view {
	struct page page;
	const struct catalog *catalog;
	const struct queue_entry *entries;
	size_t count;
	struct photo_base photo_base;
	bool admin;                      /* who looks may change the rules */
	bool single;                     /* one listing by itself, with what was typed and its mistakes */
	const struct typed_value *values;
	size_t value_count;
	const struct field_errors *errors;
	const char *form_age;
	const char *done;                /* what was decided last: plain text; NULL */
	const char *next_href, *first_href; /* NULL: none */
	int64_t now;
};
void moderation_queue_view(struct buf *b, const struct moderation_view *v);

struct moderation_log_view {
	struct page page;
	const struct moderation_entry *entries;
	size_t count;
	const char *next_href;
	int64_t now;
};
void moderation_log_view(struct buf *b, const struct moderation_log_view *v);

/* "Published", "Refused", … */
enum msg moderation_action_message(enum moderation_action a);
/* The standard reason's sentence; MSG_COUNT where there is none to say. */
enum msg moderation_reason_message(enum moderation_reason r);

struct bans_view {
	struct form_view form;           /* for banning an address without an account */
	const struct ban *bans;
	size_t count;
	const char *next_href;
	int64_t now;
};
void moderation_bans_view(struct buf *b, const struct bans_view *v);

struct rules_view {
	struct form_view form;           /* for adding one */
	const struct content_rule *rules;
	size_t count;
	const char *try_text;            /* NULL: nothing was tried */
	const char *try_pattern;         /* of the rule that decides about it; NULL: none does */
	enum rule_action try_action;
};
void moderation_rules_view(struct buf *b, const struct rules_view *v);

struct member_view {
	struct form_view form;           /* for banning, and for removing the picture */
	const struct member *member;
	const struct photo_object *picture; /* key "": none */
	struct photo_base photo_base;
	bool may_ban;
	int64_t now;
};
void moderation_member_view(struct buf *b, const struct member_view *v);
/* The moderator's form of a listing's words; values typed, or the listing's own. */
void moderation_edit_view(struct buf *b, const struct form_view *v);
