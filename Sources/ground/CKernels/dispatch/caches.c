// Asks the system for the caches of the processor.

#include "caches.h"

#include <stdio.h>
#include <unistd.h>

/// Reads a number and what follows it from a file that describes a cache of the first core; 0 if it cannot be read.
static long read_number(int index, const char *name, char *unit) {
  char path[80];
  long number = 0;
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%9ld%c", &number, unit) < 1) number = 0;
  fclose(file);
  return number;
}

static long second_level_bytes(void) {
  for (int index = 0; index < 8; index++) {
    char unit = 0;
    if (read_number(index, "level", &unit) != 2) continue;
    const long size = read_number(index, "size", &unit);
    return unit == 'M' ? size << 20 : size << 10;
  }
#if defined(_SC_LEVEL2_CACHE_SIZE)
  return sysconf(_SC_LEVEL2_CACHE_SIZE);
#else
  return 0;
#endif
}

size_t halompi_second_level_cache(void) {
  const long bytes = second_level_bytes(), least = 128 << 10, most = 64 << 20;
  return bytes <= 0 ? 1 << 20 : bytes < least ? least : bytes > most ? most : bytes;
}
