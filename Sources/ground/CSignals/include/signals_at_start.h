// What the process was started to do with signals, which libraries may change before main.

#ifndef HALOMPI_SIGNALS_AT_START_H
#define HALOMPI_SIGNALS_AT_START_H

/// Returns 1 if the process was started to ignore SIGHUP, as by nohup, and 0 if not.
int csignals_ignored_hangup(void);

#endif
