/* Counts the messages that a program hands to MPI, through the profiling interface (MPI-3.1, section 14.2).
 *
 *   mpicc -shared -fPIC -o count_messages.so count_messages.c
 *   mpirun -x LD_PRELOAD=$PWD/count_messages.so -x HALOMPI_COUNTS=$PWD/counts -n 3 halompi train experiment.yaml
 *
 * Each rank writes HALOMPI_COUNTS.<rank> when it finalizes MPI: the number of messages it sent, their bytes, the
 * number of non-blocking exchanges it took part in, and what it sent to other ranks in them in bytes.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static long long messages, message_bytes, exchanges, exchanged_bytes;

static long long size_of(int count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return (long long)count * size;
}

int MPI_Send(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks) {
  messages += 1;
  message_bytes += size_of(count, type);
  return PMPI_Send(data, count, type, to, tag, ranks);
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks,
              MPI_Request *request) {
  messages += 1;
  message_bytes += size_of(count, type);
  return PMPI_Isend(data, count, type, to, tag, ranks, request);
}

int MPI_Ialltoallv(const void *data, const int *counts, const int *places, MPI_Datatype type, void *received,
                   const int *received_counts, const int *received_places, MPI_Datatype received_type, MPI_Comm ranks,
                   MPI_Request *request) {
  int rank, size;
  PMPI_Comm_rank(ranks, &rank);
  PMPI_Comm_size(ranks, &size);
  exchanges += 1;
  for (int other = 0; other < size; other++)
    if (other != rank) exchanged_bytes += size_of(counts[other], type);
  return PMPI_Ialltoallv(data, counts, places, type, received, received_counts, received_places, received_type, ranks,
                         request);
}

/* Every rank gives its part to all others. */
int MPI_Iallgatherv(const void *data, int count, MPI_Datatype type, void *received, const int *counts,
                    const int *places, MPI_Datatype received_type, MPI_Comm ranks, MPI_Request *request) {
  int rank, size;
  PMPI_Comm_rank(ranks, &rank);
  PMPI_Comm_size(ranks, &size);
  exchanges += 1;
  exchanged_bytes += (size - 1) * size_of(counts[rank], received_type);
  return PMPI_Iallgatherv(data, count, type, received, counts, places, received_type, ranks, request);
}

int MPI_Finalize(void) {
  int rank = 0;
  char path[4096];
  const char *prefix = getenv("HALOMPI_COUNTS");
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (prefix != NULL) {
    snprintf(path, sizeof path, "%s.%d", prefix, rank);
    FILE *file = fopen(path, "w");
    if (file != NULL) {
      fprintf(file, "%lld %lld %lld %lld\n", messages, message_bytes, exchanges, exchanged_bytes);
      fclose(file);
    }
  }
  return PMPI_Finalize();
}
