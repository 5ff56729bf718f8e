/* moderation_people: what moderators do about members and addresses, and admins about words and links. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err moderation_member_page(struct context *c);  /* GET /moderation/members/{id} */
MUST_CHECK enum err moderation_member_trust(struct context *c); /* POST /moderation/members/{id}/trust */
MUST_CHECK enum err moderation_member_picture(struct context *c); /* POST /moderation/members/{id}/picture/remove */
MUST_CHECK enum err moderation_member_ban(struct context *c);   /* POST /moderation/members/{id}/ban */
MUST_CHECK enum err moderation_bans(struct context *c);         /* GET /moderation/bans */
MUST_CHECK enum err moderation_ban_post(struct context *c);     /* POST /moderation/bans */
MUST_CHECK enum err moderation_ban_lift(struct context *c);     /* POST /moderation/bans/{id}/lift */
MUST_CHECK enum err moderation_rules(struct context *c);        /* GET /moderation/rules */
MUST_CHECK enum err moderation_rule_post(struct context *c);    /* POST /moderation/rules */
MUST_CHECK enum err moderation_rule_remove(struct context *c);  /* POST /moderation/rules/{id}/remove */
MUST_CHECK enum err moderation_rule_try(struct context *c);     /* POST /moderation/rules/try: changes nothing */
