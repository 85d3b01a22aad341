#define _GNU_SOURCE

#include "signals_at_start.h"

#include <signal.h>

static int ignored_hangup;

static void note(void) {
  struct sigaction action;
  ignored_hangup = sigaction(SIGHUP, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

// The only code of a program that runs before the constructors of the libraries that it links.
__attribute__((section(".preinit_array"), used)) static void (*const at_start)(void) = note;

int csignals_ignored_hangup(void) { return ignored_hangup; }
