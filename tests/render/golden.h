/* golden: a view's output held against tests/render/golden/NAME. After a change that is meant, write them anew and read
 * the difference before committing it:
 *   OUTPORT_GOLDEN=write make check TESTS=check_render && git diff tests/render/golden */
#pragma once

#include "util/buf.h"

/* Fails the running test with the first line that differs. HTML is also checked for elements left open. */
void golden_check(const char *name, struct buf *b);
