/* spool: a file without a name for what comes in and is too large for memory. It is gone with its descriptor, also when the program is killed. */
#pragma once

#include "util/conf.h"
#include "util/err.h"

/* In conf_spool_folder(). ERR_NO_SPACE; ERR_IO: the folder is not there, or not ours. */
MUST_CHECK enum err spool_open(const struct conf *conf, int *fd);
