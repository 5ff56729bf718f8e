/* operation: what balancers, monitors and sysadmins ask a worker. */
#pragma once

#include "app/context.h"

MUST_CHECK enum err operation_healthz(struct context *c); /* touches nothing but the worker */
MUST_CHECK enum err operation_readyz(struct context *c);  /* one entry per dependency */
MUST_CHECK enum err operation_metrics(struct context *c); /* the whole pool's counters */
