// The public function of the potential by a tree (tree_potential.h).

#include "tree_potential.h"

#include "dispatch/dispatch.h"

void halompi_tree_potentials(
    const halompi_tree_node *nodes, size_t node_count, const double *points, size_t point_count, double squared_angle,
    double squared_softening, double *potentials, halompi_instruction_set instructions) {
  halompi_kernels(instructions)->tree_potentials(
      nodes, node_count, points, point_count, squared_angle, squared_softening, potentials);
}
