/* secret_file: the file that holds the database user's password: made once, readable by its owner and at most one group. */
#pragma once

#include "ctl/ctl.h"

enum { SECRET_BYTES = 33 };

/* Reads path into out, or makes it with a new password. group: a name, its members may read the file; NULL: nobody else may.
 * *made: it was not there. Mistakes are said. */
int secret_file_prepare(struct ctl *ctl, const char *path, const char *group, char *out, size_t size, bool *made);
