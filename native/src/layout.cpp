#include "hartonomous/layout.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hartonomous {
namespace {

constexpr std::size_t kStepsATree = 10;
constexpr std::size_t kGrain = 512;
constexpr float kMomentum = 0.8F;
constexpr float kGainMore = 0.2F;
constexpr float kGainLess = 0.8F;
constexpr float kLeastGain = 0.01F;
constexpr float kMostGain = 20;
constexpr float kRateShare = 12;  // the step is rows / 12 times the gradient without its factor 4
constexpr float kLongestStep = 5;

float dot(const Point& a, const Point& b) {
  return (a.at[0] * b.at[0] + a.at[1] * b.at[1]) + (a.at[2] * b.at[2] + a.at[3] * b.at[3]);
}

void add(Point& to, float factor, const Point& what) {
  for (std::size_t k = 0; k < kAxes; ++k) to.at[k] += factor * what.at[k];
}

void scale(Point& p, float factor) {
  for (float& coordinate : p.at) coordinate *= factor;
}

class Layout {
 public:
  Layout(const Graph& attraction, const LayoutSettings& settings, Team& team)
      : graph_(attraction),
        settings_(settings),
        team_(team),
        weights_(attraction.weights, attraction.weights + attraction.starts[attraction.rows]),
        points_(attraction.rows),
        next_(attraction.rows),
        velocities_(attraction.rows),
        repulsion_(attraction.rows),
        gains_(attraction.rows, 1.0F) {}

  void place(const double* places) {
    for (std::size_t i = 0; i < points_.size(); ++i) {
      for (std::size_t k = 0; k < kAxes; ++k) {
        points_[i].at[k] = static_cast<float>(places[i * kAxes + k]) * settings_.radius;
      }
    }
  }

  void step(std::size_t number) {
    if (number % kStepsATree == 0) tree_.build(points_);
    tree_.refit(points_, team_);
    const double total = tree_.repulsion(settings_.opening, repulsion_, team_);
    const auto share = static_cast<float>(total > 0 ? 1 / total : 0);
    for_ranges(team_, points_.size(), kGrain, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) move(i, share);
    });
    points_.swap(next_);
  }

  void write(double* places) const {
    for (std::size_t i = 0; i < points_.size(); ++i) {
      for (std::size_t k = 0; k < kAxes; ++k) {
        places[i * kAxes + k] = static_cast<double>(points_[i].at[k]);
      }
    }
  }

 private:
  // Attraction by the neighbours minus the point's share of the repulsion.
  [[nodiscard]] Point gradient(std::size_t i, float share) const {
    Point sum{};
    for (std::int64_t e = graph_.starts[i]; e < graph_.starts[i + 1]; ++e) {
      Point apart = points_[i];
      add(apart, -1, points_[static_cast<std::size_t>(graph_.neighbors[e])]);
      const float weight = weights_[static_cast<std::size_t>(e)] / (1 + dot(apart, apart));
      add(sum, weight, apart);
    }
    add(sum, -share, repulsion_[i]);
    return sum;
  }

  void to_tangent(Point& vector, const Point& at) const {
    add(vector, -dot(vector, at) / (settings_.radius * settings_.radius), at);
  }

  void move(std::size_t i, float share) {
    Point slope = gradient(i, share);
    to_tangent(slope, points_[i]);
    Point& velocity = velocities_[i];
    float& gain = gains_[i];
    gain = dot(slope, velocity) <= 0 ? gain + kGainMore : gain * kGainLess;
    gain = std::clamp(gain, kLeastGain, kMostGain);
    scale(velocity, kMomentum);
    add(velocity, -gain * static_cast<float>(points_.size()) / kRateShare, slope);
    const float length = std::sqrt(dot(velocity, velocity));
    if (length > kLongestStep) scale(velocity, kLongestStep / length);
    Point moved = points_[i];
    add(moved, 1, velocity);
    scale(moved, settings_.radius / std::sqrt(dot(moved, moved)));
    to_tangent(velocity, moved);
    next_[i] = moved;
  }

  const Graph& graph_;
  const LayoutSettings& settings_;
  Team& team_;
  std::vector<float> weights_;
  std::vector<Point> points_;
  std::vector<Point> next_;
  std::vector<Point> velocities_;
  std::vector<Point> repulsion_;
  std::vector<float> gains_;
  PointTree tree_;
};

}  // namespace

void refine_layout(const Graph& attraction, const LayoutSettings& settings, double* places,
                   std::size_t threads, const Watch& watch) {
  if (attraction.rows == 0) return;
  Team team(std::min(thread_count(threads), attraction.rows / kLeafPoints + 1));
  Layout layout(attraction, settings, team);
  layout.place(places);
  for (std::size_t step = 0; step < settings.steps; ++step) {
    watch(static_cast<double>(step) / static_cast<double>(settings.steps));
    layout.step(step);
  }
  layout.write(places);
}

}  // namespace hartonomous
