#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "check.hpp"
#include "hartonomous/cpu.hpp"
#include "hartonomous/layout.hpp"
#include "hartonomous/point_tree.hpp"

using namespace hartonomous;

namespace {

std::vector<Point> random_points(std::size_t count) {
  std::mt19937 random(7);
  std::normal_distribution<float> values;
  std::vector<Point> points(count);
  for (Point& point : points) {
    for (float& coordinate : point.at) coordinate = 3 * values(random);
  }
  return points;
}

struct Pushed {
  std::vector<Point> forces;
  double total;
};

Pushed push(const std::vector<Point>& points, float opening, std::size_t threads) {
  Team team(threads);
  PointTree tree;
  tree.build(points);
  tree.refit(points, team);
  Pushed pushed{std::vector<Point>(points.size()), 0};
  pushed.total = tree.repulsion(opening, pushed.forces, team);
  return pushed;
}

double length(const Point& a, const Point& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kAxes; ++k) {
    const double d = static_cast<double>(a.at[k]) - static_cast<double>(b.at[k]);
    sum += d * d;
  }
  return std::sqrt(sum);
}

// The repulsion of one point by the definition.
Point by_definition(const std::vector<Point>& points, std::size_t i) {
  double sums[kAxes] = {};
  for (const Point& other : points) {
    const double apart = length(points[i], other);
    const double weight = 1 / (1 + apart * apart);
    for (std::size_t k = 0; k < kAxes; ++k) {
      sums[k] += weight * weight *
                 (static_cast<double>(points[i].at[k]) - static_cast<double>(other.at[k]));
    }
  }
  Point out{};
  for (std::size_t k = 0; k < kAxes; ++k) out.at[k] = static_cast<float>(sums[k]);
  return out;
}

}  // namespace

TEST(without_opening_the_tree_gives_what_the_definition_says) {
  const std::vector<Point> points = random_points(701);
  const Pushed pushed = push(points, 0, 2);
  for (std::size_t i = 0; i < points.size(); i += 50) {
    CHECK(length(pushed.forces[i], by_definition(points, i)) < 1e-3);
  }
}

TEST(the_opened_tree_is_near_it) {
  const std::vector<Point> points = random_points(3000);
  const Pushed exact = push(points, 0, 2);
  const Pushed quick = push(points, 1.5F, 2);
  CHECK(std::fabs(quick.total / exact.total - 1) < 0.01);
  double off = 0;
  double all = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    off += length(quick.forces[i], exact.forces[i]);
    all += length(exact.forces[i], Point{});
  }
  CHECK(off < 0.05 * all);
}

TEST(any_number_of_points_at_one_place_is_a_tree) {
  for (const std::size_t count : {1U, 2U, 16U, 17U, 1000U}) {
    const Pushed pushed = push(std::vector<Point>(count), 1.5F, 1);
    CHECK(std::fabs(pushed.total - static_cast<double>(count * (count - 1))) < 1e-3);
  }
}

TEST(threads_do_not_change_the_forces) {
  const std::vector<Point> points = random_points(2000);
  const Pushed alone = push(points, 1.5F, 1);
  for (const std::size_t threads : {2U, 3U}) {
    const Pushed other = push(points, 1.5F, threads);
    CHECK(other.total == alone.total);
    for (std::size_t i = 0; i < points.size(); ++i) {
      CHECK(length(other.forces[i], alone.forces[i]) == 0);
    }
  }
}
