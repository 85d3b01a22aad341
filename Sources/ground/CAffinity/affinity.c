#define _GNU_SOURCE

#include "affinity.h"

#include <sched.h>

int caffinity_get(unsigned long *mask, size_t words) {
  return sched_getaffinity(0, words * sizeof *mask, (cpu_set_t *)mask);
}
