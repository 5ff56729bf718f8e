#include "store/photo_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/photo_db.h"

struct photo_meta_backend {
	enum err (*put)(void *self, struct arena *a, const struct photo_meta *m);
	enum err (*get)(void *self, struct arena *a, int64_t photo_id, struct photo_meta *out);
	enum err (*remove)(void *self, struct arena *a, int64_t photo_id);
	enum err (*each)(void *self, struct arena *a, int64_t listing_id, bool (*each)(void *ctx, const struct photo_meta *m), void *ctx);
};

struct photo_meta_store {
	const struct photo_meta_backend *backend;
	void *self;
};

/* ---- MySQL: the photos' own rows ---- */

static struct photo_meta of_photo(const struct photo *p)
{
	struct photo_meta m = {.photo_id = p->id, .listing_id = p->listing_id, .owner_id = p->member_id, .type = p->type, .bytes = p->bytes,
	                       .width = p->object.width, .height = p->object.height, .created_at = p->created_at};
	snprintf(m.key, sizeof m.key, "%s", p->object.key);
	return m;
}

static enum err mysql_get(void *self, struct arena *a, int64_t photo_id, struct photo_meta *out)
{
	struct photo p;
	enum err e = photo_db_get(self, a, photo_id, &p);
	if (e == ERR_OK)
		*out = of_photo(&p);
	return e;
}

/* The row was written with the photo. */
static enum err mysql_put(void *self, struct arena *a, const struct photo_meta *m)
{
	struct photo_meta is;
	enum err e = mysql_get(self, a, m->photo_id, &is);
	if (e != ERR_OK)
		return e;
	bool same = is.listing_id == m->listing_id && is.owner_id == m->owner_id && is.type == m->type && is.bytes == m->bytes && strcmp(is.key, m->key) == 0;
	return same ? ERR_OK : ERR_CONFLICT;
}

static enum err mysql_remove(void *self, struct arena *a, int64_t photo_id)
{
	struct photo p;
	enum err e = photo_db_get(self, a, photo_id, &p);
	if (e == ERR_OK)
		e = photo_db_take_down(self, p.listing_id, photo_id, NULL);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err mysql_each(void *self, struct arena *a, int64_t listing_id, bool (*each)(void *ctx, const struct photo_meta *m), void *ctx)
{
	struct photo *list;
	size_t n;
	enum err e = photo_db_list(self, a, listing_id, &list, &n);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		struct photo_meta m = of_photo(&list[i]);
		if (!each(ctx, &m))
			break;
	}
	return e;
}

static const struct photo_meta_backend mysql_backend = {mysql_put, mysql_get, mysql_remove, mysql_each};

/* ---- Whichever it is ---- */

enum err photo_meta_open(const struct conf *conf, struct db *db, struct photo_meta_store **out)
{
	(void)conf;
	struct photo_meta_store *s = calloc(1, sizeof *s);
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct photo_meta_store){&mysql_backend, db};
	*out = s;
	return ERR_OK;
}

void photo_meta_close(struct photo_meta_store *s)
{
	free(s);
}

enum err photo_meta_put(struct photo_meta_store *s, struct arena *a, const struct photo_meta *m)
{
	return s->backend->put(s->self, a, m);
}

enum err photo_meta_get(struct photo_meta_store *s, struct arena *a, int64_t photo_id, struct photo_meta *out)
{
	return s->backend->get(s->self, a, photo_id, out);
}

enum err photo_meta_remove(struct photo_meta_store *s, struct arena *a, int64_t photo_id)
{
	return s->backend->remove(s->self, a, photo_id);
}

enum err photo_meta_each(struct photo_meta_store *s, struct arena *a, int64_t listing_id, bool (*each)(void *ctx, const struct photo_meta *m), void *ctx)
{
	return s->backend->each(s->self, a, listing_id, each, ctx);
}
