/* alloc_fault: makes an allocation fail on purpose. A test program that links it passes
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc, so that calls from its own objects and the library come here. */
#pragma once

/* The nth allocation from now (1: the next) and all after it fail; 0 ends it. */
void alloc_fault_at(long nth);
/* Allocations asked for since the last alloc_fault_at(). */
long alloc_fault_count(void);
