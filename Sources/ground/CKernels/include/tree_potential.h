// The potential of points of mass one by a tree of cubes.

#ifndef HALOMPI_TREE_POTENTIAL_H
#define HALOMPI_TREE_POTENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// A cube with points in it. In a tree each node is followed by those within it.
typedef struct halompi_tree_node {
  /// The center of mass.
  double x, y, z;
  /// The number of points, and the squared side of the cube.
  double mass, squared_side;
  /// The points, in the order of the tree.
  int32_t first, end;
  /// The node that follows once this one and those within it are done with.
  int32_t next;
  /// Whether its points act one by one, if it does not act as a whole.
  int32_t is_leaf;
} halompi_tree_node;

/// Computes the potential of all other points at each point, -sum m / sqrt(r^2 + e^2), with G = 1.
///
/// A node acts as its center of mass if its side is less than the opening angle times its distance from the point, else
/// the nodes within it or its points do. Source: Barnes and Hut 1986, doi:10.1038/324446a0. A point's terms are added in
/// the order of the tree.
///
/// - `nodes`: [node_count], depth first; `points`: [point_count][3], in the order of the tree.
/// - `squared_angle`: the square of the opening angle, which is less than 1/3, so that no node with the point in it acts
///   as a whole; `squared_softening`: e^2.
/// - `potentials`: [point_count], in the order of the tree.
void halompi_tree_potentials(
    const halompi_tree_node *nodes, size_t node_count, const double *points, size_t point_count, double squared_angle,
    double squared_softening, double *potentials, halompi_instruction_set instructions);

#endif
