#include "routes.h"

#include "app/account.h"
#include "app/account_credentials.h"
#include "app/account_factor.h"
#include "app/account_leaving.h"
#include "app/account_profile.h"
#include "app/account_sessions.h"
#include "app/address.h"
#include "app/api.h"
#include "app/contact.h"
#include "app/conversation.h"
#include "app/conversation_contact.h"
#include "app/favourite.h"
#include "app/feed.h"
#include "app/flag.h"
#include "app/listing.h"
#include "app/login.h"
#include "app/media.h"
#include "app/moderation.h"
#include "app/moderation_people.h"
#include "app/operation.h"
#include "app/own_listing.h"
#include "app/photo.h"
#include "app/registration.h"
#include "app/reset.h"
#include "app/reports.h"
#include "app/resource.h"
#include "app/saved_search.h"
#include "app/submission.h"
#include "app/upload_gate.h"

/* A description of 10,000 characters takes up to 12 bytes for each: "%F0%9F%9A%A4", or "\ud83d\udea4" in JSON. nginx has the
 * same limit. */
enum { FORM_BODY = 128 * 1024, JSON_BODY = 128 * 1024, BUTTON_BODY = 4096 };

static const char *const query_own[] = {"cursor", "done", NULL};
static const char *const query_listings[] = {"q", "category", "location", "min_price", "max_price", "sort", "cursor", "page", NULL};
static const char *const query_feed[] = {"q", "category", "location", "min_price", "max_price", "sort", NULL};
static const char *const query_per[] = {"per", NULL};
static const char *const query_after[] = {"after", NULL};
static const char *const query_cursor[] = {"limit", "cursor", NULL};
static const char *const query_limit[] = {"limit", NULL};
static const char *const query_login[] = {"next", NULL};
static const char *const query_done[] = {"done", NULL};
static const char *const query_decided[] = {"done", "id", NULL};
static const char *const query_queue[] = {"after", "done", "id", NULL};
static const char *const query_api[] = {"q", "category", "location", "min_price", "max_price", "sort", "limit", "cursor", NULL};
static const char *const query_inbox[] = {"cursor", NULL};
static const char *const query_conversation[] = {"before", "sent", "flagged", NULL};
static const char *const query_before[] = {"before", NULL};

/* The last columns of a row: who may call it, and what a personal token must be allowed (SCOPE_NONE: no personal token may). */
#define ANYONE ACCESS_ANYONE, SCOPE_NONE, false
#define ANYONE_SCOPE(scope) ACCESS_ANYONE, (scope), false
#define MEMBER(scope) ACCESS_MEMBER, (scope), false
#define MODERATOR(scope) ACCESS_MODERATOR, (scope), false
#define ADMIN(scope) ACCESS_ADMIN, (scope), false
#define MAIL_PROGRAM ACCESS_ANYONE, SCOPE_NONE, true

/* method, path, handler, kind, body limit, seconds in nginx's cache, query parameters, who may */
const struct route routes[] = {
	{HTTP_GET, "/listings", listing_index, ROUTE_PAGE, 0, 1, query_listings, ANYONE},
	{HTTP_GET, "/listings/{id}", listing_show_id, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/listings/{id}/contact", listing_contact_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/listings/{id}/contact", listing_contact_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE_SCOPE(SCOPE_MESSAGES)},
	{HTTP_GET, "/listings/{id}/contact/received", listing_contact_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/listings/{id}/report", listing_report_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/listings/{id}/report", listing_report_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE_SCOPE(SCOPE_MESSAGES)},
	{HTTP_GET, "/listings/{id}/report/received", listing_report_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/listings/{id}/report/known", listing_report_known, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/listings/{id}/photos", photo_index, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/listings/{id}/photos/order", photo_order_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/listings/{id}/photos/{n}/move", photo_move_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/listings/{id}/photos/{n}/alt", photo_alt_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/listings/{id}/photos/{n}/remove", photo_remove_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_GET, "/listings/{id}/{slug}", listing_show, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_POST, "/submit", submission_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE_SCOPE(SCOPE_LISTINGS)},
	{HTTP_GET, "/submit/received", submission_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_POST, "/contact", contact_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/contact/received", contact_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/resources/{slug}", resource_show, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/reverse-ip", address_page, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/reverse-ip", address_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},

	/* accounts */
	{HTTP_GET, "/register", register_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/register", register_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/register/received", register_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/verify/{token}", verify_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/verify/{token}", verify_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/login", login_form, ROUTE_PAGE, 0, 0, query_login, ANYONE},
	{HTTP_POST, "/login", login_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/login/code", login_code_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/logout", logout_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/logout/everywhere", logout_everywhere_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/reset", reset_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/reset", reset_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/reset/received", reset_received, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/reset/done", reset_done, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/reset/{token}", reset_new_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/reset/{token}", reset_new_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},

	/* the account's pages */
	{HTTP_GET, "/account", account_overview, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/profile", account_profile_form, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/profile", account_profile_save, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/picture", photo_picture_show, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/picture/remove", photo_picture_remove, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_GET, "/account/security", account_security, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/password", account_password_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/password", account_password_save, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/email", account_email_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/email", account_email_save, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/email/{token}", account_email_link, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/account/email/{token}", account_email_confirm, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/account/second-factor", account_factor_show, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/second-factor", account_factor_confirm, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/second-factor/start", account_factor_start_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/second-factor/start", account_factor_start, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/second-factor/off", account_factor_off_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/second-factor/off", account_factor_off, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/second-factor/codes", account_factor_codes_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/second-factor/codes", account_factor_codes, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/sessions", account_sessions, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/sessions/end-others", account_sessions_end_others, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/sessions/{id}/end", account_sessions_end, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/tokens", account_tokens, ROUTE_PAGE, 0, 0, query_done, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/tokens/new", account_token_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/tokens/new", account_token_make, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/tokens/{id}/end", account_tokens_end, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/export.json", account_export, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/delete", account_delete_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/delete", account_delete, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/deleted", account_deleted, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/account/keep", account_keep, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/keep/{token}", account_keep_link, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/account/keep/{token}", account_keep_confirm, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},

	/* listings of one's own */
	{HTTP_GET, "/account/listings", own_listing_index, ROUTE_PAGE, 0, 0, query_own, MEMBER(SCOPE_READ)},
	{HTTP_GET, "/account/listings/new", own_listing_new, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/listings/new", own_listing_new_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_GET, "/account/listings/{id}/edit", own_listing_edit, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/listings/{id}/edit", own_listing_edit_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_GET, "/account/listings/{id}/renew", own_listing_renew_page, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/listings/{id}/renew", own_listing_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/account/listings/{id}/sold", own_listing_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/account/listings/{id}/withdraw", own_listing_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/account/listings/{id}/again", own_listing_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/account/listings/{id}/delete", own_listing_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_GET, "/confirm/{token}", listing_confirm_page, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/confirm/{token}", listing_confirm_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/submit/confirmed", listing_confirmed, ROUTE_PAGE, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/manage/{token}", listing_manage_page, ROUTE_PAGE, 0, 0, query_done, ANYONE},
	{HTTP_GET, "/manage/{token}/edit", listing_manage_edit, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/manage/{token}/edit", listing_manage_edit_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/manage/{token}/renew", listing_manage_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/manage/{token}/sold", listing_manage_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/manage/{token}/withdraw", listing_manage_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/manage/{token}/again", listing_manage_act_post, ROUTE_PAGE, BUTTON_BODY, 0, NULL, ANYONE},

	/* conversations */
	{HTTP_GET, "/conversations/t/{token}", conversation_link_page, ROUTE_PAGE, 0, 0, query_conversation, ANYONE},
	{HTTP_POST, "/conversations/t/{token}", conversation_link_answer, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/conversations/t/{token}/flag", conversation_link_flag_form, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/conversations/t/{token}/flag", conversation_link_flag, ROUTE_PAGE, FORM_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/account/messages", conversation_inbox, ROUTE_PAGE, 0, 0, query_inbox, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/messages/{id}", conversation_page, ROUTE_PAGE, 0, 0, query_conversation, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/messages/{id}", conversation_answer, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/messages/{id}/read", conversation_read, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_GET, "/account/messages/{id}/flag", conversation_flag_form, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_NONE)},
	{HTTP_POST, "/account/messages/{id}/flag", conversation_flag, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_NONE)},

	/* favourites and saved searches */
	{HTTP_POST, "/listings/{id}/favourite", favourite_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_GET, "/account/favourites", favourite_index, ROUTE_PAGE, 0, 0, query_after, MEMBER(SCOPE_READ)},
	{HTTP_GET, "/account/searches", saved_search_index, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/searches", saved_search_add, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_GET, "/account/searches/new", saved_search_new, ROUTE_PAGE, 0, 0, query_feed, MEMBER(SCOPE_READ)},
	{HTTP_GET, "/account/searches/{id}", saved_search_show, ROUTE_PAGE, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/account/searches/{id}", saved_search_change, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_POST, "/account/searches/{id}/delete", saved_search_delete, ROUTE_PAGE, FORM_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_GET, "/unsubscribe/{token}", unsubscribe_show, ROUTE_PAGE, 0, 0, NULL, ANYONE},
	{HTTP_POST, "/unsubscribe/{token}", unsubscribe_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MAIL_PROGRAM},

	/* moderation */
	{HTTP_GET, "/moderation", moderation_queue, ROUTE_PAGE, 0, 0, query_queue, MODERATOR(SCOPE_NONE)},
	{HTTP_GET, "/moderation/listings/{id}", moderation_entry_page, ROUTE_PAGE, 0, 0, query_decided, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/listings/{id}", moderation_decide, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/listings/{id}/photos/{n}/remove", moderation_photo_remove, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_GET, "/moderation/listings/{id}/edit", moderation_edit_form, ROUTE_PAGE, 0, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/listings/{id}/edit", moderation_edit_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/conversations/{id}", moderation_decide_conversation, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_GET, "/moderation/members/{id}", moderation_member_page, ROUTE_PAGE, 0, 0, query_done, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/members/{id}/trust", moderation_member_trust, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/members/{id}/picture/remove", moderation_member_picture, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/members/{id}/ban", moderation_member_ban, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_GET, "/moderation/bans", moderation_bans, ROUTE_PAGE, 0, 0, query_before, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/bans", moderation_ban_post, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_POST, "/moderation/bans/{id}/lift", moderation_ban_lift, ROUTE_PAGE, FORM_BODY, 0, NULL, MODERATOR(SCOPE_NONE)},
	{HTTP_GET, "/moderation/rules", moderation_rules, ROUTE_PAGE, 0, 0, NULL, ADMIN(SCOPE_NONE)},
	{HTTP_POST, "/moderation/rules", moderation_rule_post, ROUTE_PAGE, FORM_BODY, 0, NULL, ADMIN(SCOPE_NONE)},
	{HTTP_POST, "/moderation/rules/try", moderation_rule_try, ROUTE_PAGE, FORM_BODY, 0, NULL, ADMIN(SCOPE_NONE)},
	{HTTP_POST, "/moderation/rules/{id}/remove", moderation_rule_remove, ROUTE_PAGE, FORM_BODY, 0, NULL, ADMIN(SCOPE_NONE)},
	{HTTP_GET, "/moderation-log", moderation_log_page, ROUTE_PAGE, 0, 1, query_before, ANYONE},

	/* reports */
	{HTTP_GET, "/reports", reports_show, ROUTE_PAGE, 0, 0, query_per, ADMIN(SCOPE_MODERATION)},
	{HTTP_GET, "/reports/{slug}.csv", reports_file, ROUTE_PAGE, 0, 0, query_per, ADMIN(SCOPE_MODERATION)},

	{HTTP_GET, "/fragments/newest", fragment_newest, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/categories", fragment_categories, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/category-options", fragment_category_options, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/place-options", fragment_place_options, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/form-age", fragment_form_age, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/contact-address", fragment_contact_address, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/fragments/resources", fragment_resources, ROUTE_FRAGMENT, 0, 1, NULL, ANYONE},

	{HTTP_GET, "/feed.atom", feed_atom, ROUTE_FEED, 0, 30, query_feed, ANYONE},
	{HTTP_GET, "/sitemap.xml", feed_sitemap_index, ROUTE_FEED, 0, 300, NULL, ANYONE},
	{HTTP_GET, "/sitemap-{n}.xml", feed_sitemap_part, ROUTE_FEED, 0, 300, NULL, ANYONE},
	{HTTP_GET, "/robots.txt", feed_robots, ROUTE_FEED, 0, 300, NULL, ANYONE},
	{HTTP_GET, "/opensearch.xml", feed_opensearch, ROUTE_FEED, 0, 300, NULL, ANYONE},

	{HTTP_GET, "/api/v1/listings", api_listings, ROUTE_API, 0, 1, query_api, ANYONE},
	{HTTP_POST, "/api/v1/listings", submission_post, ROUTE_API, JSON_BODY, 0, NULL, ANYONE_SCOPE(SCOPE_LISTINGS)},
	{HTTP_GET, "/api/v1/listings/{id}", api_listing, ROUTE_API, 0, 1, NULL, ANYONE},
	{HTTP_POST, "/api/v1/contact", contact_post, ROUTE_API, JSON_BODY, 0, NULL, ANYONE_SCOPE(SCOPE_MESSAGES)},
	{HTTP_GET, "/api/v1/categories", api_categories, ROUTE_API, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/api/v1/places", api_places, ROUTE_API, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/api/v1/resources", api_resources, ROUTE_API, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/api/v1/resources/{slug}", api_resource, ROUTE_API, 0, 1, NULL, ANYONE},
	{HTTP_GET, "/api/v1/openapi.json", api_openapi, ROUTE_API, 0, 300, NULL, ANYONE},
	{HTTP_GET, "/openapi.json", api_openapi, ROUTE_API, 0, 300, NULL, ANYONE},

	/* the API: addresses left by visitors */
	{HTTP_POST, "/api/v1/addresses", address_post, ROUTE_API, BUTTON_BODY, 0, NULL, ANYONE},
	{HTTP_GET, "/api/v1/addresses", api_addresses, ROUTE_API, 0, 0, query_limit, ADMIN(SCOPE_MODERATION)},

	/* the API: accounts */
	{HTTP_POST, "/api/v1/members", register_post, ROUTE_API, JSON_BODY, 0, NULL, ANYONE},
	{HTTP_POST, "/api/v1/session", api_session_create, ROUTE_API, JSON_BODY, 0, NULL, ANYONE},
	{HTTP_DELETE, "/api/v1/session", api_session_delete, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_NONE)},

	/* the API: the account */
	{HTTP_GET, "/api/v1/me", account_api_me, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_PATCH, "/api/v1/me", account_profile_save, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},

	/* the API: listings of one's own */
	{HTTP_GET, "/api/v1/me/listings", api_own_listings, ROUTE_API, 0, 0, query_cursor, MEMBER(SCOPE_READ)},
	{HTTP_PATCH, "/api/v1/listings/{id}", api_own_listing_change, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/api/v1/listings/{id}/renew", api_own_listing_act, ROUTE_API, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/api/v1/listings/{id}/sold", api_own_listing_act, ROUTE_API, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_POST, "/api/v1/listings/{id}/withdraw", api_own_listing_act, ROUTE_API, BUTTON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},

	{HTTP_GET, "/api/v1/listings/{id}/photos", api_photos, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_PATCH, "/api/v1/listings/{id}/photos/{n}", api_photo_change, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_DELETE, "/api/v1/listings/{id}/photos/{n}", api_photo_remove, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_LISTINGS)},

	/* the API: conversations */
	{HTTP_GET, "/api/v1/me/conversations", api_conversations, ROUTE_API, 0, 0, query_cursor, MEMBER(SCOPE_MESSAGES)},
	{HTTP_GET, "/api/v1/me/conversations/{id}", api_conversation, ROUTE_API, 0, 0, query_before, MEMBER(SCOPE_MESSAGES)},
	{HTTP_POST, "/api/v1/me/conversations/{id}", conversation_answer, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_MESSAGES)},

	/* the API: favourites and saved searches */
	{HTTP_GET, "/api/v1/me/favourites", api_favourites, ROUTE_API, 0, 0, query_cursor, MEMBER(SCOPE_READ)},
	{HTTP_PUT, "/api/v1/me/favourites/{id}", api_favourite_put, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_GET, "/api/v1/me/searches", api_searches, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_READ)},
	{HTTP_POST, "/api/v1/me/searches", saved_search_add, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_PATCH, "/api/v1/me/searches/{id}", api_search_change, ROUTE_API, JSON_BODY, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_DELETE, "/api/v1/me/searches/{id}", api_search_delete, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_ACCOUNT)},
	{HTTP_DELETE, "/api/v1/me/favourites/{id}", api_favourite_delete, ROUTE_API, 0, 0, NULL, MEMBER(SCOPE_ACCOUNT)},

	/* the API: moderation */
	{HTTP_GET, "/api/v1/moderation/queue", api_moderation_queue, ROUTE_API, 0, 0, query_inbox, MODERATOR(SCOPE_MODERATION)},
	{HTTP_POST, "/api/v1/moderation/listings/{id}", moderation_decide, ROUTE_API, JSON_BODY, 0, NULL, MODERATOR(SCOPE_MODERATION)},

	/* before an upload */
	{HTTP_GET, "/upload/listing", upload_gate_get, ROUTE_GATE, 0, 0, NULL, MEMBER(SCOPE_LISTINGS)},
	{HTTP_GET, "/upload/picture", upload_gate_get, ROUTE_GATE, 0, 0, NULL, MEMBER(SCOPE_ACCOUNT)},

	/* photos that nginx has not: on their way into the bucket, or in it */
	{HTTP_GET, "/media/{slug}/{slug}.webp", media_webp, ROUTE_FILE, 0, 0, NULL, ANYONE},
	{HTTP_GET, "/media/{slug}/{slug}.jpg", media_jpeg, ROUTE_FILE, 0, 0, NULL, ANYONE},

	{HTTP_GET, "/healthz", operation_healthz, ROUTE_OPERATION, 0, 0, NULL, ANYONE},
	{HTTP_GET, "/readyz", operation_readyz, ROUTE_OPERATION, 0, 0, NULL, ANYONE},
	{HTTP_GET, "/metrics", operation_metrics, ROUTE_INTERNAL, 0, 0, NULL, ANYONE},
};
const size_t route_count = sizeof routes / sizeof *routes;
