#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/lanes.hpp"
#include "hartonomous/team.hpp"

namespace hartonomous {

// A borrowed symmetric graph in compressed rows: row i's neighbours and weights lie at
// starts[i] to starts[i + 1].
struct Graph {
  const std::int64_t* starts;
  const std::int32_t* neighbors;
  const double* weights;
  std::size_t rows;
};

// Square roots of the degrees, scaled to norm 1: the eigenvector of S for its eigenvalue 1.
std::vector<double> trivial_eigenvector(const Graph& graph, Team& team);

// What a product is multiplied by: out = product S x + same x + before previous.
template <typename Real>
struct Coefficients {
  Real product;
  Real same;
  Real before;
};

// The normalised adjacency S = D^-1/2 W D^-1/2 and its products with blocks of eight columns.
template <typename Real>
class Adjacency {
 public:
  Adjacency(const Graph& graph, Team& team);

  // A row's sum has one order, so threads and instruction sets do not show. `out` may be
  // `previous`.
  void multiply(const Eight<Real>* x, const Eight<Real>* previous, Eight<Real>* out,
                Coefficients<Real> coefficients, Team& team) const;

  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  std::size_t rows_;
  const std::int64_t* starts_;
  std::vector<std::uint16_t> narrow_;  // columns where 16 bits hold them: half the traffic
  const std::int32_t* wide_;           // and where they do not
  std::vector<Real> values_;
  std::vector<std::size_t> bounds_;  // row ranges of about equal work
};

}  // namespace hartonomous
