// A kd-tree over points of R4 that stands for far points by their centre (Barnes 1990).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/team.hpp"

namespace hartonomous {

constexpr std::size_t kAxes = 4;
// Points of one leaf: so many are moved against one list of sources.
constexpr std::size_t kLeafPoints = 16;

struct alignas(16) Point {
  float at[kAxes];
};

class PointTree {
 public:
  // Splits at medians by (coordinate, id), along the widest axis.
  void build(const std::vector<Point>& points);

  // Takes over moved points without splitting anew.
  void refit(const std::vector<Point>& points, Team& team);

  // For each point i the sum over all points j of w^2 (i - j), w = 1 / (1 + |i - j|^2), into
  // out[i]; returns the sum of w over all pairs i != j. A node counts as one point where its radius
  // / opening plus the leaf's radius is below their distance; with opening 0 none does.
  double repulsion(float opening, std::vector<Point>& out, Team& team) const;

 private:
  struct Node {
    Point centre;
    float radius;
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t right;  // its right child; the left one comes next; 0 for a leaf
  };
  struct Sources;

  void split(const std::vector<Point>& points, std::uint32_t first, std::uint32_t count);
  void fit_leaf(Node& leaf);
  void fit_parent(std::size_t index);
  void collect(const Node& leaf, float opening, Sources& sources) const;
  double repel(const Node& leaf, const Sources& sources, std::vector<Point>& out) const;

  std::vector<Node> nodes_;            // parents before children
  std::vector<std::uint32_t> leaves_;  // their nodes
  std::vector<std::uint32_t> order_;   // ids, leaf by leaf, ascending in each
  std::vector<Point> points_;          // in that order
};

}  // namespace hartonomous
