/* Reading conversations: conversation_db.h. */
#include "db/conversation_db.h"

enum { UNREAD_STOP = 100 };

/* Who is shut out has none. */
#define FACE(who) " IF(" who ".state IN (1, 3), LOWER(HEX(" who ".picture)), NULL)"
#define COLUMNS \
	"c.id, c.listing_id, l.title, l.slug, l.state, c.state, c.buyer_name, l.contact_name, COALESCE(c.buyer_member_id, 0), COALESCE(c.seller_member_id, 0)," \
	" c.created_at, c.last_message_at, c.expires_at, c.last_buyer_id, c.last_seller_id, c.buyer_read_id, c.seller_read_id," \
	" c.buyer_email, c.buyer_lang, b.state, b.email, l.contact_email, l.lang, s.state, s.email, s.lang, COALESCE(x.body, '')," FACE("b") "," FACE("s")
#define JOINS \
	" JOIN listing l ON l.id = c.listing_id LEFT JOIN member b ON b.id = c.buyer_member_id LEFT JOIN member s ON s.id = c.seller_member_id" \
	" LEFT JOIN conversation_message x ON x.id = GREATEST(c.last_buyer_id, c.last_seller_id)"
enum {
	AT_ID, AT_LISTING, AT_TITLE, AT_SLUG, AT_LISTING_STATE, AT_STATE, AT_BUYER_NAME, AT_SELLER_NAME, AT_BUYER, AT_SELLER, AT_CREATED, AT_LAST, AT_EXPIRES,
	AT_LAST_BUYER, AT_LAST_SELLER, AT_BUYER_READ, AT_SELLER_READ, AT_BUYER_EMAIL, AT_BUYER_LANG, AT_BUYER_STATE, AT_BUYER_MEMBER_EMAIL, AT_CONTACT_EMAIL,
	AT_LISTING_LANG, AT_SELLER_STATE, AT_SELLER_MEMBER_EMAIL, AT_SELLER_LANG, AT_EXCERPT, AT_BUYER_PICTURE, AT_SELLER_PICTURE, COLUMN_COUNT
};

static const struct db_sql sql_seller = {
	"SELECT l.title, l.state, l.contact_name, l.contact_email, l.lang, COALESCE(l.member_id, 0), s.state, s.email, s.lang"
	" FROM listing l LEFT JOIN member s ON s.id = l.member_id WHERE l.id = ?", true};
static const struct db_sql sql_by_token = {
	"SELECT " COLUMNS ", t.kind - 7 FROM token t JOIN conversation c ON c.id = t.subject_id" JOINS
	" WHERE t.token_hash = ? AND t.kind IN (7, 8) AND t.expires_at > ?", true};
static const struct db_sql sql_get = {
	"SELECT " COLUMNS ", c.seller_member_id <=> ? FROM conversation c" JOINS " WHERE c.id = ? AND (c.buyer_member_id = ? OR (c.seller_member_id = ? AND c.last_buyer_id > 0))", true};
static const struct db_sql sql_any = {"SELECT " COLUMNS ", 1 FROM conversation c" JOINS " WHERE c.id = ?", true};
/* A seller learns of a conversation when its first message is not held back. */
#define INBOX_KEYS(member, more) \
	"(SELECT id, last_message_at FROM conversation FORCE INDEX (conversation_" member ") WHERE " member "_member_id = ?" more \
	" AND last_message_at <= ? AND (last_message_at < ? OR id < ?) ORDER BY last_message_at DESC, id DESC LIMIT ?)"
static const struct db_sql sql_inbox = {
	"SELECT " COLUMNS ", c.seller_member_id <=> ? FROM (" INBOX_KEYS("seller", " AND last_buyer_id > 0") " UNION ALL " INBOX_KEYS("buyer", "") ") k"
	" JOIN conversation c ON c.id = k.id" JOINS " ORDER BY k.last_message_at DESC, k.id DESC LIMIT ?", true};
static const struct db_sql sql_unread = {
	"SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM conversation WHERE seller_member_id = ? AND last_buyer_id > seller_read_id LIMIT 100) s)"
	" + (SELECT COUNT(*) FROM (SELECT 1 FROM conversation WHERE buyer_member_id = ? AND last_seller_id > buyer_read_id LIMIT 100) b)", true};
static const struct db_sql sql_messages = {
	"SELECT id, from_seller, held, body, created_at FROM conversation_message WHERE conversation_id = ? AND id < ? AND (held = 0 OR from_seller = ? OR ? = 2)"
	" ORDER BY id DESC LIMIT ?", true};

/* Active, or leaving: until then everything goes on. */
static bool member_reachable(const struct db_value *state)
{
	return state->i == 1 || state->i == 3;
}

static void people_read(const struct db_value *v, struct conversation_people *out)
{
	bool buyer = v[AT_BUYER].i != 0, seller = v[AT_SELLER].i != 0;
	out->side[SIDE_BUYER] = (struct conversation_person){
		.name = v[AT_BUYER_NAME].s, .lang = v[AT_BUYER_LANG].s, .member_id = v[AT_BUYER].i,
		.email = !buyer ? v[AT_BUYER_EMAIL].s : member_reachable(&v[AT_BUYER_STATE]) ? v[AT_BUYER_MEMBER_EMAIL].s : "",
	};
	out->side[SIDE_SELLER] = (struct conversation_person){
		.name = v[AT_SELLER_NAME].s, .lang = seller && v[AT_SELLER_LANG].s != NULL ? v[AT_SELLER_LANG].s : v[AT_LISTING_LANG].s, .member_id = v[AT_SELLER].i,
		.email = !seller ? v[AT_CONTACT_EMAIL].s : member_reachable(&v[AT_SELLER_STATE]) ? v[AT_SELLER_MEMBER_EMAIL].s : "",
	};
}

static void conversation_read(const struct db_value *v, int64_t now, struct conversation *out, struct conversation_people *people)
{
	struct conversation_people own;
	people_read(v, &own);
	bool reachable = own.side[SIDE_BUYER].email[0] != '\0' && own.side[SIDE_SELLER].email[0] != '\0';
	enum conversation_side side = v[COLUMN_COUNT].i != 0 ? SIDE_SELLER : SIDE_BUYER;
	*out = (struct conversation){
		.id = v[AT_ID].i, .listing_id = v[AT_LISTING].i, .side = side, .state = (enum conversation_state)v[AT_STATE].i,
		.ended = v[AT_STATE].i == CONVERSATION_ENDED || v[AT_LISTING_STATE].i != 1 || v[AT_EXPIRES].i <= now || !reachable,
		.unread = side == SIDE_SELLER ? v[AT_LAST_BUYER].i > v[AT_SELLER_READ].i : v[AT_LAST_SELLER].i > v[AT_BUYER_READ].i,
		.listing_there = v[AT_LISTING_STATE].i == 1, .title = v[AT_TITLE].s, .slug = v[AT_SLUG].s,
		.buyer_name = v[AT_BUYER_NAME].s, .seller_name = v[AT_SELLER_NAME].s, .excerpt = v[AT_EXCERPT].s,
		.buyer_picture = v[AT_BUYER_PICTURE].s, .seller_picture = v[AT_SELLER_PICTURE].s,
		.buyer_member_id = v[AT_BUYER].i, .seller_member_id = v[AT_SELLER].i,
		.created_at = v[AT_CREATED].i, .last_message_at = v[AT_LAST].i, .expires_at = v[AT_EXPIRES].i,
	};
	if (people != NULL)
		*people = own;
}

static enum err get_one(struct db *db, struct arena *a, const struct db_sql *sql, const struct db_value *args, size_t n, int64_t now,
                        struct conversation *out, struct conversation_people *people)
{
	struct db_rows r;
	enum err e = db_query(db, sql, args, n, a, 1, &r);
	if (e != ERR_OK)
		return e;
	if (r.n == 0)
		return ERR_NOT_FOUND;
	conversation_read(db_cell(&r, 0, 0), now, out, people);
	return ERR_OK;
}

enum err conversation_db_seller(struct db *db, struct arena *a, int64_t listing_id, struct conversation_person *out, const char **title)
{
	struct db_rows r;
	enum err e = db_query(db, &sql_seller, DB_ARGS(db_int(listing_id)), a, 1, &r);
	if (e != ERR_OK)
		return e;
	const struct db_value *v = r.n > 0 ? db_cell(&r, 0, 0) : NULL;
	if (v == NULL || v[1].i != 1)
		return ERR_NOT_FOUND;
	bool member = v[5].i != 0;
	*title = v[0].s;
	*out = (struct conversation_person){
		.email = !member ? v[3].s : member_reachable(&v[6]) ? v[7].s : "", .name = v[2].s, .lang = member && v[8].s != NULL ? v[8].s : v[4].s, .member_id = v[5].i,
	};
	return ERR_OK;
}

enum err conversation_db_by_token(struct db *db, struct arena *a, const uint8_t hash[static TOKEN_HASH], int64_t now, struct conversation *out,
                                  struct conversation_people *people)
{
	return get_one(db, a, &sql_by_token, DB_ARGS(db_blob(hash, TOKEN_HASH), db_time(now)), now, out, people);
}

enum err conversation_db_get(struct db *db, struct arena *a, int64_t member_id, int64_t id, int64_t now, struct conversation *out,
                             struct conversation_people *people)
{
	struct db_value me = db_int(member_id);
	return get_one(db, a, &sql_get, DB_ARGS(me, db_int(id), me, me), now, out, people);
}

enum err conversation_db_any(struct db *db, struct arena *a, int64_t id, int64_t now, struct conversation *out, struct conversation_people *people)
{
	return get_one(db, a, &sql_any, DB_ARGS(db_int(id)), now, out, people);
}

enum err conversation_db_inbox(struct db *db, struct arena *a, int64_t member_id, int64_t before_at, int64_t before_id, int64_t now, unsigned limit,
                               struct conversation **out, size_t *n)
{
	struct db_rows r;
	/* The last second that DATETIME can hold and every server can compare with. */
	struct db_value me = db_int(member_id), at = db_time(before_at != 0 ? before_at : INT64_C(253402300799)), id = db_int(before_at != 0 ? before_id : INT64_MAX);
	struct db_value most = db_int(limit);
	*n = 0;
	enum err e = db_query(db, &sql_inbox, DB_ARGS(me, me, at, at, id, most, me, at, at, id, most, most), a, limit, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, r.n, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		conversation_read(db_cell(&r, i, 0), now, &(*out)[i], NULL);
	*n = r.n;
	return ERR_OK;
}

enum err conversation_db_unread(struct db *db, struct arena *a, int64_t member_id, int64_t *out)
{
	struct db_rows r;
	struct db_value me = db_int(member_id);
	enum err e = db_query(db, &sql_unread, DB_ARGS(me, me), a, 1, &r);
	if (e == ERR_OK) {
		*out = db_cell(&r, 0, 0)->i;
		if (*out > UNREAD_STOP)
			*out = UNREAD_STOP;
	}
	return e;
}

static void message_read(const struct db_value *v, struct conversation_message *out)
{
	*out = (struct conversation_message){
		.id = v[0].i, .from = v[1].i != 0 ? SIDE_SELLER : SIDE_BUYER, .held = v[2].i != 0, .body = v[3].s, .created_at = v[4].i,
	};
}

enum err conversation_db_messages(struct db *db, struct arena *a, int64_t id, enum conversation_side side, int64_t before_id, unsigned limit,
                                  struct conversation_message **out, size_t *n)
{
	struct db_rows r;
	*n = 0;
	enum err e = db_query(db, &sql_messages, DB_ARGS(db_int(id), db_int(before_id != 0 ? before_id : INT64_MAX), db_int(side), db_int(side), db_int(limit)), a, limit, &r);
	if (e != ERR_OK)
		return e;
	*out = arena_array(a, r.n, sizeof **out);
	if (*out == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < r.n; i++)
		message_read(db_cell(&r, r.n - 1 - i, 0), &(*out)[i]);
	*n = r.n;
	return ERR_OK;
}
