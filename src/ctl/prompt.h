/* prompt: asks whoever sits at the terminal. */
#pragma once

#include "ctl/ctl.h"

/* Does standard input come from a terminal? */
bool prompt_possible(void);
/* A line without its newline into out; hidden: nothing that is typed is shown. Words go to stderr. Said when there is none, or it is too long. */
int prompt_line(struct ctl *ctl, const char *words, bool hidden, char *out, size_t size);
