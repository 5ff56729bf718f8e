/* demo_random: xoshiro256** seeded by splitmix64 (Blackman and Vigna, 2018): the same numbers on every machine. */
#pragma once

#include <stdint.h>

struct demo_random {
	uint64_t s[4];
};

static inline uint64_t demo_splitmix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static inline void demo_random_seed(struct demo_random *r, uint64_t seed, uint64_t number)
{
	uint64_t state = seed;
	state = demo_splitmix(&state) ^ number;
	for (int i = 0; i < 4; i++)
		r->s[i] = demo_splitmix(&state);
}

static inline uint64_t demo_rotate(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

static inline uint64_t demo_random_next(struct demo_random *r)
{
	uint64_t *s = r->s, result = demo_rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = demo_rotate(s[3], 45);
	return result;
}

/* 0 to n - 1; n > 0. The bias of the remainder is far below what a demo shows. */
static inline uint64_t demo_random_below(struct demo_random *r, uint64_t n)
{
	return demo_random_next(r) % n;
}
