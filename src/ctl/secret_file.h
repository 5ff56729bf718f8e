/* secret_file: files that hold a password, plain or encrypted: made whole or not at all, readable by their owner and at most one group. */
#pragma once

#include "ctl/ctl.h"
#include "util/buf.h"

enum { SECRET_BYTES = 33 };

/* Makes path with a new password, unless there is such a file: then only its mode is seen to. group: a name, its members may read the file; NULL: nobody else may. *made: it was
 * not there. Mistakes are said. */
int secret_file_prepare(struct ctl *ctl, const char *path, const char *group, bool *made);
/* A file of so much text, whole or not at all, of mode 0600, or 0640 with a group, which replaces what is there only when told to. Mistakes are said. */
int secret_file_write(struct ctl *ctl, const char *path, const struct buf *text, const char *group, bool replace);
