/* aws_curl: what every transfer of this layer has in common. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

/* In place of curl_global_init, for all of the process: libcurl's memory, in which there are keys and passwords for as long as a connection is kept, is wiped when it is
 * freed, and in no core dump (aws_vault.h). Counted; the matching end is aws_curl_end. False: it does not start. */
bool aws_curl_start(void);
void aws_curl_end(void);
/* Only http and https, no redirects, no proxy, TLS verified (against the certificates of ca, if any), time-outs. False: out of memory. */
bool aws_curl_basics(CURL *curl, const char *ca, int64_t connect_ms, int64_t total_ms);
/* Adds "name: value". False: out of memory; the list stays. */
bool aws_curl_header(struct curl_slist **list, const char *name, const char *value);
/* The list may have had a token: wiped. */
void aws_curl_headers_free(struct curl_slist *list);
/* buf_put that leaves no copy behind when the buffer grows. hint: how much there will be in all, 0: not known. */
void aws_secret_put(struct buf *b, const void *p, size_t n, size_t hint);
void aws_secret_free(struct buf *b);
