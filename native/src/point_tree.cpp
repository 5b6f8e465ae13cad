#include "hartonomous/point_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hartonomous/cpu.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kLeavesATask = 8;
// A tree of 2^32 points that is split at medians is no deeper.
constexpr std::size_t kStack = 64;

// One coordinate of all points of a leaf.
struct alignas(64) Sixteen {
  using Vector __attribute__((vector_size(4 * kLeafPoints))) = float;
  Vector v;
};

float squared_distance(const Point& a, const Point& b) {
  float d[kAxes];
  for (std::size_t k = 0; k < kAxes; ++k) d[k] = a.at[k] - b.at[k];
  return (d[0] * d[0] + d[1] * d[1]) + (d[2] * d[2] + d[3] * d[3]);
}

struct Forces {
  Sixteen along[kAxes];
  Sixteen weight;
};

// Sums what `count` sources of given masses do to the points of one leaf.
HARTONOMOUS_INLINE void add_forces(const Sixteen* points, const Point* sources, const float* masses,
                                   std::size_t count, Forces& out) {
  Sixteen::Vector sums[kAxes] = {};
  Sixteen::Vector weights = {};
  for (std::size_t s = 0; s < count; ++s) {
    const Sixteen::Vector x = points[0].v - sources[s].at[0];
    const Sixteen::Vector y = points[1].v - sources[s].at[1];
    const Sixteen::Vector z = points[2].v - sources[s].at[2];
    const Sixteen::Vector w = points[3].v - sources[s].at[3];
    const Sixteen::Vector near = 1.0F / ((x * x + y * y) + (z * z + w * w) + 1.0F);
    const Sixteen::Vector weight = masses[s] * near;
    const Sixteen::Vector pull = weight * near;
    weights += weight;
    sums[0] += pull * x;
    sums[1] += pull * y;
    sums[2] += pull * z;
    sums[3] += pull * w;
  }
  for (std::size_t k = 0; k < kAxes; ++k) out.along[k].v = sums[k];
  out.weight.v = weights;
}

void add_forces_plain(const Sixteen* points, const Point* sources, const float* masses,
                      std::size_t count, Forces& out) {
  add_forces(points, sources, masses, count, out);
}

#if HARTONOMOUS_X86
HARTONOMOUS_AVX2 void add_forces_avx2(const Sixteen* points, const Point* sources,
                                      const float* masses, std::size_t count, Forces& out) {
  add_forces(points, sources, masses, count, out);
}

HARTONOMOUS_VNNI void add_forces_avx512(const Sixteen* points, const Point* sources,
                                        const float* masses, std::size_t count, Forces& out) {
  add_forces(points, sources, masses, count, out);
}
#endif

void add_forces_with(const Sixteen* points, const Point* sources, const float* masses,
                     std::size_t count, Forces& out) {
#if HARTONOMOUS_X86
  const Instructions best = instructions();
  if (best == Instructions::vnni) return add_forces_avx512(points, sources, masses, count, out);
  if (best == Instructions::avx2) return add_forces_avx2(points, sources, masses, count, out);
#endif
  add_forces_plain(points, sources, masses, count, out);
}

std::size_t widest_axis(const std::vector<Point>& points, const std::uint32_t* ids,
                        std::size_t count) {
  Point low = points[ids[0]];
  Point high = low;
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t k = 0; k < kAxes; ++k) {
      low.at[k] = std::min(low.at[k], points[ids[i]].at[k]);
      high.at[k] = std::max(high.at[k], points[ids[i]].at[k]);
    }
  }
  std::size_t widest = 0;
  for (std::size_t k = 1; k < kAxes; ++k) {
    if (high.at[k] - low.at[k] > high.at[widest] - low.at[widest]) widest = k;
  }
  return widest;
}

}  // namespace

struct PointTree::Sources {
  std::vector<Point> points;
  std::vector<float> masses;

  void clear() {
    points.clear();
    masses.clear();
  }
  void add(const Point& point, float mass) {
    points.push_back(point);
    masses.push_back(mass);
  }
};

void PointTree::build(const std::vector<Point>& points) {
  order_.resize(points.size());
  std::iota(order_.begin(), order_.end(), 0U);
  nodes_.clear();
  leaves_.clear();
  points_.resize(points.size());
  if (!points.empty()) split(points, 0, static_cast<std::uint32_t>(points.size()));
}

void PointTree::split(const std::vector<Point>& points, std::uint32_t first, std::uint32_t count) {
  const std::size_t here = nodes_.size();
  nodes_.push_back({{}, 0, first, count, 0});
  std::uint32_t* ids = order_.data() + first;
  if (count <= kLeafPoints) {
    std::sort(ids, ids + count);
    leaves_.push_back(static_cast<std::uint32_t>(here));
    return;
  }
  const std::size_t axis = widest_axis(points, ids, count);
  const std::uint32_t half = count / 2;
  std::nth_element(ids, ids + half, ids + count, [&](std::uint32_t a, std::uint32_t b) {
    const float left = points[a].at[axis];
    const float right = points[b].at[axis];
    return left < right || (left == right && a < b);
  });
  split(points, first, half);
  nodes_[here].right = static_cast<std::uint32_t>(nodes_.size());
  split(points, first + half, count - half);
}

void PointTree::refit(const std::vector<Point>& points, Team& team) {
  for_ranges(team, leaves_.size(), 64, [&](std::size_t first, std::size_t last) {
    for (std::size_t l = first; l < last; ++l) {
      Node& leaf = nodes_[leaves_[l]];
      for (std::size_t i = leaf.first; i < leaf.first + leaf.count; ++i) {
        points_[i] = points[order_[i]];
      }
      fit_leaf(leaf);
    }
  });
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (nodes_[i].right != 0) fit_parent(i);
  }
}

void PointTree::fit_leaf(Node& leaf) {
  const Point* points = points_.data() + leaf.first;
  leaf.centre = {};
  for (std::size_t i = 0; i < leaf.count; ++i) {
    for (std::size_t k = 0; k < kAxes; ++k) leaf.centre.at[k] += points[i].at[k];
  }
  for (float& coordinate : leaf.centre.at) coordinate /= static_cast<float>(leaf.count);
  float largest = 0;
  for (std::size_t i = 0; i < leaf.count; ++i) {
    largest = std::max(largest, squared_distance(leaf.centre, points[i]));
  }
  leaf.radius = std::sqrt(largest);
}

void PointTree::fit_parent(std::size_t index) {
  Node& parent = nodes_[index];
  const Node& left = nodes_[index + 1];
  const Node& right = nodes_[parent.right];
  const auto total = static_cast<float>(parent.count);
  for (std::size_t k = 0; k < kAxes; ++k) {
    parent.centre.at[k] = (left.centre.at[k] * static_cast<float>(left.count) +
                           right.centre.at[k] * static_cast<float>(right.count)) /
                          total;
  }
  parent.radius = std::max(std::sqrt(squared_distance(parent.centre, left.centre)) + left.radius,
                           std::sqrt(squared_distance(parent.centre, right.centre)) + right.radius);
}

double PointTree::repulsion(float opening, std::vector<Point>& out, Team& team) const {
  std::vector<double> weights(leaves_.size());
  std::vector<Sources> sources(team.size());
  team.run((leaves_.size() + kLeavesATask - 1) / kLeavesATask,
           [&](std::size_t task, std::size_t worker) {
             const std::size_t last = std::min(leaves_.size(), (task + 1) * kLeavesATask);
             for (std::size_t l = task * kLeavesATask; l < last; ++l) {
               const Node& leaf = nodes_[leaves_[l]];
               collect(leaf, opening, sources[worker]);
               weights[l] = repel(leaf, sources[worker], out);
             }
           });
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

// What the points of a leaf see, in the order of one walk through the tree.
void PointTree::collect(const Node& leaf, float opening, Sources& sources) const {
  std::uint32_t stack[kStack];
  std::size_t depth = 0;
  stack[depth++] = 0;
  sources.clear();
  while (depth > 0) {
    const std::uint32_t index = stack[--depth];
    const Node& node = nodes_[index];
    const float distance = std::sqrt(squared_distance(leaf.centre, node.centre));
    if (node.radius / opening + leaf.radius < distance) {
      sources.add(node.centre, static_cast<float>(node.count));
    } else if (node.right == 0) {
      for (std::size_t i = node.first; i < node.first + node.count; ++i) {
        sources.add(points_[i], 1);
      }
    } else {
      stack[depth++] = node.right;
      stack[depth++] = index + 1;
    }
  }
}

double PointTree::repel(const Node& leaf, const Sources& sources, std::vector<Point>& out) const {
  Sixteen points[kAxes] = {};
  for (std::size_t i = 0; i < leaf.count; ++i) {
    for (std::size_t k = 0; k < kAxes; ++k) points[k].v[i] = points_[leaf.first + i].at[k];
  }
  Forces forces;
  add_forces_with(points, sources.points.data(), sources.masses.data(), sources.points.size(),
                  forces);
  double weight = 0;
  for (std::size_t i = 0; i < leaf.count; ++i) {
    for (std::size_t k = 0; k < kAxes; ++k) {
      out[order_[leaf.first + i]].at[k] = forces.along[k].v[i];
    }
    weight += static_cast<double>(forces.weight.v[i]) - 1;  // a point does not repel itself
  }
  return weight;
}

}  // namespace hartonomous
