/* local_path: where a page may lead on to when the address comes from outside. */
#pragma once

/* The path itself when it is one of this site, with or without a query: begins with one slash and has no way out, however a browser reads
 * it (WHATWG URL). NULL when it is none, or is NULL. */
const char *local_path(const char *path);
