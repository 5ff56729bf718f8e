/* aws_xml: an answer in XML, element by element (expat). No document type, and so no entities of its own; bounded in depth and length. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum { AWS_XML_MAX = 4 << 20, AWS_XML_DEPTH_MAX = 12, AWS_XML_PATH_MAX = 512, AWS_XML_TEXT_MAX = 8192 };

/* element is told of each element as it ends: path from the root, without prefixes of namespaces ("Error/Code"), and the element's own text, as it is. False: enough,
 * which is no error. ERR_INVALID: not XML, or with a document type; ERR_TOO_LARGE: a bound; element has been told of what came before. */
MUST_CHECK enum err aws_xml_read(const void *bytes, size_t n, bool (*element)(void *ctx, const char *path, const char *text), void *ctx);
