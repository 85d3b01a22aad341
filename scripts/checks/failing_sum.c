/* Lets one rank's share in a sum fail, from when a file is there on, as a broken network does.
 *
 *   mpicc -shared -fPIC -o failing_sum.so failing_sum.c
 *   mpirun -x LD_PRELOAD=$PWD/failing_sum.so -x HALOMPI_FAULT_RANK=1 -x HALOMPI_FAULT_FILE=$PWD/fault -n 3 \
 *     halompi train experiment.yaml
 */
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

int MPI_Ialltoallv(const void *sent, const int *sent_counts, const int *sent_places, MPI_Datatype sent_type,
                   void *received, const int *received_counts, const int *received_places, MPI_Datatype received_type,
                   MPI_Comm ranks, MPI_Request *request) {
  const char *victim = getenv("HALOMPI_FAULT_RANK");
  const char *file = getenv("HALOMPI_FAULT_FILE");
  int rank = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (victim != NULL && file != NULL && rank == atoi(victim) && access(file, F_OK) == 0) return MPI_ERR_OTHER;
  return PMPI_Ialltoallv(sent, sent_counts, sent_places, sent_type, received, received_counts, received_places,
                         received_type, ranks, request);
}
