/* search_text: the one normaliser behind search. Case, accents and ligatures are folded and text is cut into words of
 * letters and digits. Each word becomes a token that full-text search neither drops nor takes for an operator:
 * "St. John's TV" → "xst xjohns xtv".
 *
 * - A token begins with x: no stop word of InnoDB's list does (with a w, "hat" would be the stop word "what").
 * - A word of one character gets an underscore after it ("x3_"), which makes the three characters that are indexed. It is
 *   looked for as it is, longer words also as the beginning of a word.
 * - An apostrophe of any kind is dropped ("johns"), between digits it separates (12'6). A French elision is indexed with
 *   and without its article ("l'eau" → "xleau xeau") and looked for as either.
 * - Characters outside the Basic Multilingual Plane separate: the database does not take them for letters. */
#pragma once

#include <stdbool.h>

#include "util/buf.h"

enum { SEARCH_WORDS_MAX = 8, SEARCH_WORD_BYTES = 40, SEARCH_QUERY_BYTES = 200, SEARCH_MISS_BYTES = 100, SEARCH_DIGITS_MAX = 6 };

/* Appends the indexable form of text (space separated tokens; long words cut at SEARCH_WORD_BYTES). */
void search_text_index(struct buf *out, const char *text);
/* The boolean query: "+xst* +xjohns* +xtv*", "+(xleau* xeau*)"; "" when the text holds no word. A word given twice
 * counts once; words past SEARCH_WORDS_MAX are dropped. */
void search_text_query(struct buf *out, const char *text);
/* Does a text in its indexable form hold what the boolean query asks for, as the database's index would say, yet for one text at hand? */
bool search_text_matches(const char *query, const char *index);
/* The folded words of a search with a space between them, as people would say it: "st johns tv". Out's cap bounds it. */
void search_text_words(struct buf *out, const char *text);
/* False for what may be somebody's e-mail address, telephone or card number: such searches are not kept. */
bool search_text_anonymous(const char *text);
