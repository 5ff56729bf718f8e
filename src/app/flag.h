/* flag: reports of a listing. A person counts once; enough of them hold the listing. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err listing_report_form(struct context *c);     /* GET /listings/{id}/report */
MUST_CHECK enum err listing_report_post(struct context *c);
MUST_CHECK enum err listing_report_received(struct context *c);
MUST_CHECK enum err listing_report_known(struct context *c);    /* GET /listings/{id}/report/known: reported before by the same person */
