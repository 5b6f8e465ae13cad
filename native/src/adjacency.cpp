#include "hartonomous/adjacency.hpp"

#include <algorithm>
#include <cmath>

#include "hartonomous/cpu.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kNarrowRows = 65536;
constexpr std::size_t kGrain = 1024;
// Products are cut into ranges of about this many entries: small enough to even out the threads.
constexpr std::int64_t kRangeEntries = 65536;

template <typename Real, typename Index>
struct Rows {
  const std::int64_t* starts;
  const Index* columns;
  const Real* values;
  std::size_t first;
  std::size_t last;
};

template <typename Real>
struct Operands {
  const Eight<Real>* x;
  const Eight<Real>* previous;
  Eight<Real>* out;
  Coefficients<Real> by;
};

template <typename Real, typename Index>
HARTONOMOUS_INLINE void multiply_rows(const Rows<Real, Index>& s, const Operands<Real>& o) {
  using Vector = typename Eight<Real>::Vector;
  for (std::size_t i = s.first; i < s.last; ++i) {
    Vector sums[4] = {};
    std::int64_t e = s.starts[i];
    const std::int64_t end = s.starts[i + 1];
    for (; e + 4 <= end; e += 4) {
      for (std::int64_t l = 0; l < 4; ++l) sums[l] += s.values[e + l] * o.x[s.columns[e + l]].v;
    }
    for (; e < end; ++e) sums[0] += s.values[e] * o.x[s.columns[e]].v;
    const Vector sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    o.out[i].v = (o.by.product * sum + o.by.same * o.x[i].v) + o.by.before * o.previous[i].v;
  }
}

template <typename Real, typename Index>
void multiply_plain(const Rows<Real, Index>& s, const Operands<Real>& o) {
  multiply_rows(s, o);
}

#if HARTONOMOUS_X86
template <typename Real, typename Index>
HARTONOMOUS_AVX2 void multiply_avx2(const Rows<Real, Index>& s, const Operands<Real>& o) {
  multiply_rows(s, o);
}
#endif

template <typename Real, typename Index>
void multiply_with(const Rows<Real, Index>& s, const Operands<Real>& o) {
#if HARTONOMOUS_X86
  if (instructions() >= Instructions::avx2) return multiply_avx2(s, o);
#endif
  multiply_plain(s, o);
}

std::vector<double> degrees(const Graph& graph, Team& team) {
  std::vector<double> sums(graph.rows);
  for_ranges(team, graph.rows, kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      double sum = 0;
      for (std::int64_t e = graph.starts[i]; e < graph.starts[i + 1]; ++e) sum += graph.weights[e];
      sums[i] = sum;
    }
  });
  return sums;
}

std::vector<std::size_t> equal_ranges(const Graph& graph) {
  std::vector<std::size_t> bounds{0};
  std::int64_t goal = kRangeEntries;
  for (std::size_t i = 0; i < graph.rows; ++i) {
    if (graph.starts[i + 1] < goal && i + 1 < graph.rows) continue;
    bounds.push_back(i + 1);
    goal = graph.starts[i + 1] + kRangeEntries;
  }
  return bounds;
}

}  // namespace

std::vector<double> trivial_eigenvector(const Graph& graph, Team& team) {
  std::vector<double> roots = degrees(graph, team);
  double total = 0;
  for (const double degree : roots) total += degree;
  for (double& root : roots) root = std::sqrt(root / total);
  return roots;
}

template <typename Real>
Adjacency<Real>::Adjacency(const Graph& graph, Team& team)
    : rows_(graph.rows),
      starts_(graph.starts),
      wide_(graph.neighbors),
      values_(static_cast<std::size_t>(graph.starts[graph.rows])),
      bounds_(equal_ranges(graph)) {
  std::vector<double> inverse = degrees(graph, team);
  for (double& degree : inverse) degree = 1 / std::sqrt(degree);
  if (rows_ <= kNarrowRows) narrow_.resize(values_.size());
  for_ranges(team, rows_, kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      for (std::int64_t e = starts_[i]; e < starts_[i + 1]; ++e) {
        const auto at = static_cast<std::size_t>(e);
        const auto column = static_cast<std::size_t>(graph.neighbors[e]);
        values_[at] = static_cast<Real>(graph.weights[e] * inverse[i] * inverse[column]);
        if (!narrow_.empty()) narrow_[at] = static_cast<std::uint16_t>(column);
      }
    }
  });
}

template <typename Real>
void Adjacency<Real>::multiply(const Eight<Real>* x, const Eight<Real>* previous, Eight<Real>* out,
                               Coefficients<Real> coefficients, Team& team) const {
  const Operands<Real> operands{x, previous, out, coefficients};
  team.run(bounds_.size() - 1, [&](std::size_t range, std::size_t) {
    const std::size_t first = bounds_[range];
    const std::size_t last = bounds_[range + 1];
    if (narrow_.empty()) {
      multiply_with(Rows<Real, std::int32_t>{starts_, wide_, values_.data(), first, last},
                    operands);
    } else {
      multiply_with(Rows<Real, std::uint16_t>{starts_, narrow_.data(), values_.data(), first, last},
                    operands);
    }
  });
}

template class Adjacency<float>;
template class Adjacency<double>;

}  // namespace hartonomous
