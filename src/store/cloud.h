/* cloud: a process's one handle on AWS, which the stores share. It asks for nothing before its first use, and a site without AWS never uses it. */
#pragma once

#include "util/conf.h"
#include "util/err.h"

struct cloud;
/* Before there are threads. conf lives as long as it. */
MUST_CHECK enum err cloud_open(const struct conf *conf, struct cloud **out);
void cloud_close(struct cloud *c);
/* Does anything of the configuration need AWS? */
bool cloud_is_used(const struct conf *conf);
/* Asks for credentials, and nothing else. *from: where they come from: "environment", "container", "instance". Errors: aws_credentials_get's; why in a sentence's end. */
enum { CLOUD_WHY_MAX = 256 };
MUST_CHECK enum err cloud_credentials(const char **from, char why[static CLOUD_WHY_MAX]);
