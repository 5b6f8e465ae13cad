// Blocks of eight columns: inner products, rotations and what orthonormalises them. Sums go over
// ranges of rows of one size, added in their order, in double.
#pragma once

#include <array>
#include <vector>

#include "hartonomous/lanes.hpp"
#include "hartonomous/team.hpp"

namespace hartonomous {

using Row8 = std::array<double, kEight>;
using Square8 = std::array<Row8, kEight>;

struct Eigen8 {
  Row8 values;      // descending
  Square8 vectors;  // in columns
};

// Eigenpairs of a symmetric matrix by Jacobi's rotations.
Eigen8 eigen(Square8 symmetric);

template <typename Real>
using Block = std::vector<Eight<Real>>;

// a^T b.
template <typename Real>
Square8 inner_products(const Block<Real>& a, const Block<Real>& b, Team& team);

// x M, in place.
template <typename Real>
void rotate(Block<Real>& x, const Square8& by, Team& team);

// Takes away what lies along a unit vector.
template <typename Real>
void take_away(Block<Real>& x, const std::vector<double>& unit, Team& team);

// Norms of the columns of y - x diag(values).
template <typename Real>
Row8 residuals(const Block<Real>& x, const Block<Real>& y, const Row8& values, Team& team);

// Makes the columns orthonormal by the eigenvectors of their inner products (Stathopoulos and Wu
// 2002), as often as that takes; false where they are too few directions.
template <typename Real>
bool orthonormalise(Block<Real>& x, Team& team);

}  // namespace hartonomous
