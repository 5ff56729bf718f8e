#include "model/member.h"

#include <string.h>

static const char *const role_names[ROLE_COUNT] = {"member", "moderator", "admin"};

static const struct {
	enum scope scope;
	const char *name;
} scope_names[] = {
	{SCOPE_READ, "read"}, {SCOPE_LISTINGS, "listings"}, {SCOPE_MESSAGES, "messages"},
	{SCOPE_ACCOUNT, "account"}, {SCOPE_MODERATION, "moderation"},
};

char *member_email(struct arena *a, const char *email)
{
	char *s = arena_strdup(a, email);
	for (char *p = s; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return s;
}

const char *member_role_name(enum member_role r)
{
	return role_names[r];
}

bool member_role_parse(const char *s, enum member_role *out)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], s) == 0) {
			*out = (enum member_role)i;
			return true;
		}
	}
	return false;
}

const char *member_state_name(enum member_state s)
{
	switch (s) {
	case MEMBER_ACTIVE: return "active";
	case MEMBER_DISABLED: return "disabled";
	case MEMBER_LEAVING: return "leaving";
	case MEMBER_GONE: return "gone";
	}
	return "?";
}

const char *scope_name(enum scope s)
{
	for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++)
		if (scope_names[i].scope == s)
			return scope_names[i].name;
	return "?";
}

enum scope scope_parse(const char *s)
{
	for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++)
		if (strcmp(scope_names[i].name, s) == 0)
			return scope_names[i].scope;
	return SCOPE_NONE;
}
