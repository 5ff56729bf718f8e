#include "model/mail.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <string.h>

static const char *const names[MAIL_KIND_COUNT] = {
#define MAIL(id, name, args) [MAIL_##id] = name,
#include "model/mail.def"
#undef MAIL
};

const char *mail_kind_name(enum mail_kind k)
{
	return names[k];
}

const char *mail_encode(struct arena *a, const struct mail *m)
{
	const char *out = NULL;
	char *text = NULL;
	cJSON *o = cJSON_CreateObject(), *args = o != NULL ? cJSON_AddArrayToObject(o, "args") : NULL;
	bool good = args != NULL && cJSON_AddStringToObject(o, "mail", names[m->kind]) != NULL && cJSON_AddStringToObject(o, "to", m->to) != NULL &&
		cJSON_AddStringToObject(o, "name", m->to_name != NULL ? m->to_name : "") != NULL && cJSON_AddStringToObject(o, "lang", m->lang) != NULL;
	for (size_t i = 0; good && i < MAIL_ARGS_MAX && m->arg[i] != NULL; i++) {
		cJSON *s = cJSON_CreateString(m->arg[i]);
		good = s != NULL && cJSON_AddItemToArray(args, s);
	}
	if (good)
		text = cJSON_PrintUnformatted(o);
	if (text != NULL)
		out = arena_strdup(a, text);
	cJSON_free(text);
	cJSON_Delete(o);
	return out;
}

static const char *text_of(struct arena *a, const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
	return s != NULL ? arena_strdup(a, s) : NULL;
}

static enum err decode(struct arena *a, const cJSON *o, struct mail *out)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "mail"));
	unsigned kind = 0;
	while (kind < MAIL_KIND_COUNT && (name == NULL || strcmp(names[kind], name) != 0))
		kind++;
	*out = (struct mail){.to = text_of(a, o, "to"), .to_name = text_of(a, o, "name"), .lang = text_of(a, o, "lang")};
	if (kind == MAIL_KIND_COUNT || out->to == NULL || out->to_name == NULL || out->lang == NULL)
		return ERR_INVALID;
	out->kind = (enum mail_kind)kind;
	size_t n = 0;
	const cJSON *arg;
	cJSON_ArrayForEach(arg, cJSON_GetObjectItemCaseSensitive(o, "args")) {
		const char *s = cJSON_GetStringValue(arg);
		if (n == MAIL_ARGS_MAX || s == NULL || (out->arg[n++] = arena_strdup(a, s)) == NULL)
			return ERR_INVALID;
	}
	return ERR_OK;
}

enum err mail_decode(struct arena *a, const char *json, struct mail *out)
{
	cJSON *o = cJSON_Parse(json);
	enum err e = o != NULL ? decode(a, o, out) : ERR_INVALID;
	cJSON_Delete(o);
	return e;
}
