#include "hartonomous/eigenpairs.hpp"

#include <algorithm>
#include <cmath>

#include "hartonomous/subspace.hpp"

namespace hartonomous {
namespace {

constexpr int kRounds = 250;
// Below this many rows doubles cost nothing, and more digits than asked for are taken.
constexpr std::size_t kFewRows = 8192;
constexpr double kFewRowsTolerance = 1e-10;
// Share of the tolerance that floats have to reach, for doubles see a little more.
constexpr double kFloatShare = 0.8;
// Interval that the first filter damps, before anything is known.
constexpr double kFirstUpper = 0.7;
constexpr double kLeastUpper = -0.9;
constexpr int kFirstDegree = 10;

// How far one filter may go before columns are too close to one another to be told apart.
template <typename Real>
struct Limits;
template <>
struct Limits<float> {
  static constexpr int kDegree = 40;
  static constexpr double kBetweenPairs = 9;  // exponent by which the first outgrows the last
  static constexpr double kOverTrivial = 12;  // and the trivial vector's rounding all of them
  static constexpr double kLargest = 60;      // and any the smallest number
};
template <>
struct Limits<double> {
  static constexpr int kDegree = 200;
  static constexpr double kBetweenPairs = 24;
  static constexpr double kOverTrivial = 28;
  static constexpr double kLargest = 300;
};

template <typename Real>
class Iteration {
 public:
  Iteration(const Graph& graph, const std::vector<double>& trivial, std::size_t count, Team& team,
            const Watch& watch)
      : adjacency_(graph, team),
        trivial_(trivial),
        count_(count),
        team_(team),
        watch_(watch),
        products_(graph.rows),
        other_(graph.rows) {}

  // Turns x into eigenvectors to the tolerance; false where it takes too many rounds.
  bool run(Block<Real>& x, double tolerance, bool started) {
    if (!started) {
      multiply(x, products_, {1, 0, 0});
      filter(x, kFirstUpper, kFirstDegree);
    }
    for (int round = 0; round < kRounds; ++round) {
      if (!ritz(x)) return false;
      if (worst() <= tolerance) return true;
      filter(x, std::max(values_[kEight - 1], kLeastUpper), next_degree(tolerance));
    }
    return false;
  }

  [[nodiscard]] const Row8& values() const { return values_; }
  [[nodiscard]] double worst() const {
    return *std::max_element(residuals_.begin(),
                             residuals_.begin() + static_cast<std::ptrdiff_t>(count_));
  }
  [[nodiscard]] std::size_t count_of_products() const { return done_; }

 private:
  void multiply(const Block<Real>& x, Block<Real>& out, Coefficients<Real> by) {
    watch_(0);
    adjacency_.multiply(x.data(), out.data(), out.data(), by, team_);
    ++done_;
  }

  // Rayleigh-Ritz in the span of x; S x is kept, because the next filter begins with it.
  bool ritz(Block<Real>& x) {
    take_away(x, trivial_, team_);
    if (!orthonormalise(x, team_)) return false;
    multiply(x, products_, {1, 0, 0});
    Square8 energy = inner_products(x, products_, team_);
    for (std::size_t r = 0; r < kEight; ++r) {
      for (std::size_t c = 0; c < r; ++c) {
        energy[r][c] = energy[c][r] = (energy[r][c] + energy[c][r]) / 2;
      }
    }
    const Eigen8 found = eigen(energy);
    rotate(x, found.vectors, team_);
    rotate(products_, found.vectors, team_);
    values_ = found.values;
    residuals_ = residuals(x, products_, values_, team_);
    return true;
  }

  // x becomes T_degree of S mapped so that [-1, upper] lies in [-1, 1]; products_ holds S x.
  void filter(Block<Real>& x, double upper, int degree) {
    const auto half = static_cast<Real>((upper + 1) / 2);
    const auto middle = static_cast<Real>((upper - 1) / 2);
    for_ranges(team_, x.size(), 4096, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        other_[i].v = (products_[i].v - middle * x[i].v) / half;
      }
    });
    for (int step = 2; step <= degree; ++step) {
      multiply(other_, x, {2 / half, -2 * middle / half, -1});
      std::swap(x, other_);
    }
    std::swap(x, other_);
  }

  [[nodiscard]] int next_degree(double tolerance) const {
    const double upper = std::max(values_[kEight - 1], kLeastUpper);
    const auto growth = [&](double value) {
      return std::acosh(std::max(1.0, (2 * value - upper + 1) / (upper + 1)));
    };
    const double last = growth(values_[count_ - 1]);
    const double first = growth(values_[0]);
    const double trivial = growth(1);
    const double wanted = std::log(2 * worst() / (tolerance / 4)) / last;
    double degree = std::min<double>(std::isfinite(wanted) ? wanted : 1e9, Limits<Real>::kDegree);
    degree = std::min(degree, Limits<Real>::kBetweenPairs / std::max(first - last, 1e-9));
    degree = std::min(degree, Limits<Real>::kOverTrivial / std::max(trivial - last, 1e-9));
    degree = std::min(degree, Limits<Real>::kLargest / std::max(trivial, 1e-9));
    return std::max(2, static_cast<int>(std::ceil(degree)));
  }

  Adjacency<Real> adjacency_;
  const std::vector<double>& trivial_;
  std::size_t count_;
  Team& team_;
  const Watch& watch_;
  Block<Real> products_;
  Block<Real> other_;
  Row8 values_{};
  Row8 residuals_{};
  std::size_t done_ = 0;
};

// Numbers in [-1/2, 1/2) that look random and are the same everywhere.
template <typename Real>
Block<Real> start(std::size_t rows) {
  Block<Real> x(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < kEight; ++c) {
      const auto bits = mixed(i * kEight + c) >> 40;
      x[i].v[c] = static_cast<Real>(static_cast<double>(bits) / double(1 << 24) - 0.5);
    }
  }
  return x;
}

Block<double> doubled(const Block<float>& x) {
  Block<double> wide(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    wide[i].v = __builtin_convertvector(x[i].v, Eight<double>::Vector);
  }
  return wide;
}

struct Prepared {
  Block<double> x;
  std::size_t products;
};

// A start for doubles: for many rows, what floats bring at half the cost of a product.
Prepared prepare(const Graph& graph, const std::vector<double>& trivial, std::size_t count,
                 double tolerance, Team& team, const Watch& watch) {
  if (graph.rows < kFewRows) return {start<double>(graph.rows), 0};
  Block<float> x = start<float>(graph.rows);
  take_away(x, trivial, team);
  Iteration<float> floats(graph, trivial, count, team, watch);
  floats.run(x, kFloatShare * tolerance, false);
  return {doubled(x), floats.count_of_products()};
}

}  // namespace

Convergence leading_eigenpairs(const Graph& graph, const Eigenpairs& out, double tolerance,
                               std::size_t threads, const Watch& watch) {
  Team team(std::min(thread_count(threads), graph.rows / kEight + 1));
  const std::vector<double> trivial = trivial_eigenvector(graph, team);
  Prepared prepared = prepare(graph, trivial, out.count, tolerance, team, watch);
  const bool few = graph.rows < kFewRows;
  Block<double>& x = prepared.x;
  if (few) take_away(x, trivial, team);
  Iteration<double> doubles(graph, trivial, out.count, team, watch);
  const bool reached =
      doubles.run(x, few ? std::min(tolerance, kFewRowsTolerance) : tolerance, !few);
  for (std::size_t c = 0; c < out.count; ++c) out.values[c] = doubles.values()[c];
  for (std::size_t i = 0; i < graph.rows; ++i) {
    for (std::size_t c = 0; c < out.count; ++c) out.vectors[i * out.count + c] = x[i].v[c];
  }
  return {reached || doubles.worst() <= tolerance, doubles.worst(),
          prepared.products + doubles.count_of_products()};
}

}  // namespace hartonomous
