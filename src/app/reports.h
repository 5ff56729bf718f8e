/* reports: what happens on the site, for those who answer for it. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err reports_show(struct context *c); /* GET /reports */
MUST_CHECK enum err reports_file(struct context *c); /* GET /reports/{name}.csv */
