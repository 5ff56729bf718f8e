/* cloud: a process's one handle on AWS, which the stores share. It asks for nothing before its first use, and a site without AWS never uses it. */
#pragma once

#include "util/conf.h"
#include "util/err.h"

struct cloud;
/* Before there are threads. conf lives as long as it. */
MUST_CHECK enum err cloud_open(const struct conf *conf, struct cloud **out);
void cloud_close(struct cloud *c);
