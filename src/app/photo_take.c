#include "app/photo_take.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/photo.h"
#include "app/upload_gate.h"
#include "db/photo_db.h"
#include "db/photo_pending_db.h"
#include "store/photo.h"
#include "util/clock.h"
#include "util/log.h"

/* SNIFF: bytes that tell a file's type. LONGEST_US: what comes later in a request than this is not begun: nginx waits 300 s for an answer. */
enum { SNIFF = 64, LONGEST_US = 200 * 1000000 };

static const struct {
	const char *name;
	enum metric metric;
} problems[PHOTO_PROBLEMS] = {
	[PHOTO_GOOD] = {"good", METRIC_PHOTOS_TAKEN},
	[PHOTO_EMPTY] = {"empty", METRIC_PHOTOS_EMPTY},
	[PHOTO_TOO_LARGE] = {"too_large", METRIC_PHOTOS_TOO_LARGE},
	[PHOTO_NOT_KNOWN] = {"not_known", METRIC_PHOTOS_NOT_KNOWN},
	[PHOTO_NOT_AS_SAID] = {"not_as_said", METRIC_PHOTOS_NOT_AS_SAID},
	[PHOTO_TOO_MANY_PIXELS] = {"too_many_pixels", METRIC_PHOTOS_TOO_MANY_PIXELS},
	[PHOTO_DAMAGED] = {"damaged", METRIC_PHOTOS_DAMAGED},
	[PHOTO_TOO_HARD] = {"too_hard", METRIC_PHOTOS_TOO_HARD},
	[PHOTO_ONE_TOO_MANY] = {"one_too_many", METRIC_PHOTOS_ONE_TOO_MANY},
	[PHOTO_NO_SPACE] = {"no_space", METRIC_PHOTOS_NO_SPACE},
	[PHOTO_AWAY] = {"away", METRIC_PHOTOS_AWAY},
	[PHOTO_RESTART] = {"restart", METRIC_PHOTOS_AWAY},
};

const char *photo_problem_name(enum photo_problem p)
{
	return problems[p].name;
}

struct storing {
	struct photo_store *store;
	struct db *db;
	const struct photo_decoded *photo;
};

/* No upload waits for a bucket: the files lie in the database until the jobs have put them there. */
static enum err store_later(const struct storing *s)
{
	struct photo_pending files[PHOTO_FILES_MAX];
	for (unsigned i = 0; i < s->photo->n; i++) {
		const struct photo_file *f = &s->photo->files[i];
		files[i] = (struct photo_pending){.box = f->box, .webp = f->webp, .bytes = f->data, .n = f->n};
	}
	return photo_pending_db_add(s->db, s->photo->object.key, files, s->photo->n);
}

/* The store's own errors must not be taken for the database's. */
static enum err store_files(void *ctx)
{
	const struct storing *s = ctx;
	if (photo_store_remote(s->store))
		return store_later(s);
	enum err e = photo_store_put(s->store, s->photo);
	if (e != ERR_OK)
		LOG_ERROR("photo_not_stored", LOG_S("key", s->photo->object.key), LOG_S("error", err_text(e)));
	return e == ERR_OK || e == ERR_NO_SPACE || e == ERR_NOMEM ? e : ERR_IO;
}

/* Without the process that forks the decoders none is decoded ever again, and it cannot be made anew in a process that has threads and secrets: the
 * program ends when it has answered what it is at, and whoever keeps the pool starts another. */
static void decoder_look_after(struct context *c)
{
	sigset_t blocked;
	if (photo_decoder_alive(c->app->decoder))
		return;
	LOG_ERROR("photo_decoder_gone", LOG_S("request_id", c->req->request_id));
	if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && sigismember(&blocked, SIGTERM) == 1)
		kill(getpid(), SIGTERM);
}

static enum photo_problem decode(struct context *c, const struct photo_sent *f, enum photo_type type, struct photo_decoded *out)
{
	uint64_t began = clock_mono_us();
	enum photo_problem p = photo_decode(c->app->decoder, c->req->body_fd, f->offset, f->length, type, out);
	uint64_t us = clock_mono_us() - began;
	LOG_INFO("photo_decoded", LOG_S("request_id", c->req->request_id), LOG_S("problem", problems[p].name), LOG_S("type", photo_type_name(type)),
	         LOG_I("bytes", f->length), LOG_I("us", us), LOG_I("child_status", out->child_status), LOG_I("child_rss_kb", out->child_max_rss));
	metrics_add(c->app->metrics, METRIC_PHOTO_DECODES, 1);
	metrics_add(c->app->metrics, METRIC_PHOTO_DECODE_US, us);
	if (p == PHOTO_TOO_HARD && WIFSIGNALED(out->child_status))
		metrics_add(c->app->metrics, METRIC_PHOTO_CRASHES, 1);
	if (p == PHOTO_AWAY)
		decoder_look_after(c);
	return p;
}

static enum err listing_add(struct context *c, struct photo_taking *t, const struct photo_sent *f, enum photo_type type, const struct photo_object *o,
                            const struct photo_writer *w)
{
	struct photo_review review = photo_review(c, t->hold);
	const struct photo_new p = {
		.listing_id = t->listing->id, .member_id = t->listing->member_id, .alt = f->alt, .type = type, .bytes = (int64_t)f->length, .object = o,
		.review = &review,
	};
	bool again = false;
	int64_t id = 0;
	enum err e = photo_db_add(c->db, &p, w, &id, &again);
	if (e != ERR_OK)
		return e;
	t->review = t->review || review.went;
	size_t i = 0;
	while (i < t->n_ids && t->ids[i] != id)
		i++;
	if (i == t->n_ids)
		t->ids[t->n_ids++] = id;
	LOG_INFO("photo_taken", LOG_S("request_id", c->req->request_id), LOG_I("listing", t->listing->id), LOG_I("photo", id), LOG_S("key", o->key), LOG_I("again", again));
	return ERR_OK;
}

/* What the store or the database says of a photo that was decoded. *p: why it was not kept; an error that is about more than this photo is returned. */
static enum err keep(struct context *c, struct photo_taking *t, const struct photo_sent *f, enum photo_type type, const struct photo_decoded *d, enum photo_problem *p)
{
	struct storing s = {.store = c->app->photos, .db = c->db, .photo = d};
	const struct photo_writer w = {.store = store_files, .ctx = &s};
	enum err e = t->listing != NULL ? listing_add(c, t, f, type, &d->object, &w) : photo_db_picture_set(c->db, c->session->member_id, &d->object, &w);
	switch (e) {
	case ERR_OK:
		t->picture = d->object;
		t->picture.pending = photo_store_remote(s.store);
		t->taken++;
		return ERR_OK;
	case ERR_LIMITED:
		*p = PHOTO_ONE_TOO_MANY;
		return ERR_OK;
	case ERR_NO_SPACE:
		*p = PHOTO_NO_SPACE;
		return ERR_OK;
	case ERR_IO:
	case ERR_DB_AWAY:
	case ERR_DB_READ_ONLY:
	case ERR_DB_RETRY:
	case ERR_TIMEOUT:
		*p = PHOTO_AWAY;
		return ERR_OK;
	default:
		return e;
	}
}

/* By what a file says and how it begins, without decoding anything. */
static enum photo_problem look(const struct context *c, const struct photo_sent *f, struct photo_refused *r)
{
	uint8_t begin[SNIFF];
	if (f->length == 0)
		return PHOTO_EMPTY;
	if (f->length > PHOTO_BYTES_MAX)
		return PHOTO_TOO_LARGE;
	ssize_t n = pread(c->req->body_fd, begin, f->length < SNIFF ? f->length : SNIFF, f->offset);
	if (n < 0)
		return PHOTO_AWAY;
	r->type = photo_type_sniff(begin, (size_t)n);
	r->declared = photo_type_of_media(f->media);
	if (r->type == PHOTO_UNKNOWN || (r->type == PHOTO_HEIC && !photo_decoder_heic(c->app->decoder)))
		return PHOTO_NOT_KNOWN;
	bool said_nothing = *f->media == '\0' || strcmp(f->media, "application/octet-stream") == 0;
	if (!said_nothing && r->declared != r->type)
		return PHOTO_NOT_AS_SAID;
	/* The first of a form is taken: a request in flight is answered. */
	if (r->number > 1 && c->req->stopping != NULL && atomic_load(c->req->stopping))
		return PHOTO_RESTART;
	return clock_mono_us() - c->req->started_us > LONGEST_US ? PHOTO_AWAY : PHOTO_GOOD;
}

enum err photo_take(struct context *c, struct photo_taking *t, const struct photo_sent *f, size_t number)
{
	struct photo_decoded d = {.n = 0};
	struct photo_refused r = {.file = f->name, .number = number, .bytes = (int64_t)f->length};
	if (c->req->alive != NULL)
		c->req->alive(c->req->alive_of);
	enum err e = ERR_OK;
	r.problem = look(c, f, &r);
	if (r.problem == PHOTO_GOOD) {
		e = upload_gate_count(c);
		t->limited = e == ERR_LIMITED;
		if (t->limited) {
			metrics_add(c->app->metrics, METRIC_RATE_LIMITED, 1);
			t->refused[t->n_refused++] = r;
			return ERR_OK;
		}
	}
	if (e == ERR_OK && r.problem == PHOTO_GOOD)
		r.problem = decode(c, f, r.type, &d);
	if (e == ERR_OK && r.problem == PHOTO_GOOD)
		e = keep(c, t, f, r.type, &d, &r.problem);
	photo_decoded_free(&d);
	if (e != ERR_OK)
		return e;
	metrics_add(c->app->metrics, problems[r.problem].metric, 1);
	if (r.problem == PHOTO_GOOD)
		return ERR_OK;
	c->res->note = problems[r.problem].name;
	LOG_INFO("photo_refused", LOG_S("request_id", c->req->request_id), LOG_S("problem", problems[r.problem].name), LOG_I("bytes", f->length),
	         LOG_S("type", photo_type_name(r.type)), LOG_S("declared", photo_type_name(r.declared)));
	t->refused[t->n_refused++] = r;
	return ERR_OK;
}
