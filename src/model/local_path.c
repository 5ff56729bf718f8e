#include "model/local_path.h"

#include <string.h>

enum { PATH_MAX_BYTES = 1024 };

const char *local_path(const char *path)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?&=%+:,@";
	if (path == NULL || *path != '/' || strlen(path) > PATH_MAX_BYTES || path[strspn(path, allowed)] != '\0')
		return NULL;
	/* "//host" is another site, and "/./" or "/../" might become that. */
	for (const char *s = path; *s != '\0' && *s != '?'; s++)
		if (*s == '/' && (s[1] == '/' || s[1] == '.'))
			return NULL;
	return path;
}
