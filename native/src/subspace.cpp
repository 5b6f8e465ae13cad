#include "hartonomous/subspace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "hartonomous/cpu.hpp"

namespace hartonomous {
namespace {

using Double8 = Eight<double>::Vector;

constexpr std::size_t kRange = 1024;
constexpr int kSweeps = 40;
constexpr int kPasses = 6;

template <typename Real>
HARTONOMOUS_INLINE void add_products(const Eight<Real>* a, const Eight<Real>* b, std::size_t rows,
                                     Square8& out) {
  Double8 sums[kEight] = {};
  for (std::size_t i = 0; i < rows; ++i) {
    const Double8 right = __builtin_convertvector(b[i].v, Double8);
    for (std::size_t r = 0; r < kEight; ++r) sums[r] += static_cast<double>(a[i].v[r]) * right;
  }
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < kEight; ++c) out[r][c] = sums[r][c];
  }
}

template <typename Real>
HARTONOMOUS_INLINE void rotate_rows(Eight<Real>* x, std::size_t rows, const Square8& by) {
  Double8 lines[kEight];
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < kEight; ++c) lines[r][c] = by[r][c];
  }
  for (std::size_t i = 0; i < rows; ++i) {
    Double8 sum = {};
    for (std::size_t r = 0; r < kEight; ++r) sum += static_cast<double>(x[i].v[r]) * lines[r];
    x[i].v = __builtin_convertvector(sum, typename Eight<Real>::Vector);
  }
}

template <typename Real>
void add_products_plain(const Eight<Real>* a, const Eight<Real>* b, std::size_t rows,
                        Square8& out) {
  add_products(a, b, rows, out);
}

template <typename Real>
void rotate_plain(Eight<Real>* x, std::size_t rows, const Square8& by) {
  rotate_rows(x, rows, by);
}

#if HARTONOMOUS_X86
template <typename Real>
HARTONOMOUS_AVX2 void add_products_avx2(const Eight<Real>* a, const Eight<Real>* b,
                                        std::size_t rows, Square8& out) {
  add_products(a, b, rows, out);
}

template <typename Real>
HARTONOMOUS_AVX2 void rotate_avx2(Eight<Real>* x, std::size_t rows, const Square8& by) {
  rotate_rows(x, rows, by);
}
#endif

bool has_avx2() { return HARTONOMOUS_X86 != 0 && instructions() >= Instructions::avx2; }

template <typename Real>
void products_with(const Eight<Real>* a, const Eight<Real>* b, std::size_t rows, Square8& out) {
#if HARTONOMOUS_X86
  if (has_avx2()) return add_products_avx2(a, b, rows, out);
#endif
  add_products_plain(a, b, rows, out);
}

template <typename Real>
void rotate_with(Eight<Real>* x, std::size_t rows, const Square8& by) {
#if HARTONOMOUS_X86
  if (has_avx2()) return rotate_avx2(x, rows, by);
#endif
  rotate_plain(x, rows, by);
}

// Sums what `part(first, last)` gives for each range, in the order of the ranges.
template <typename Sum, typename Part>
std::vector<Sum> partial_sums(std::size_t rows, Team& team, const Part& part) {
  std::vector<Sum> parts((rows + kRange - 1) / kRange);
  for_ranges(team, rows, kRange, [&](std::size_t first, std::size_t last) {
    parts[first / kRange] = part(first, last);
  });
  return parts;
}

Row8 total(const std::vector<Row8>& parts) {
  Row8 sum{};
  for (const Row8& part : parts) {
    for (std::size_t c = 0; c < kEight; ++c) sum[c] += part[c];
  }
  return sum;
}

void turn_columns(Square8& m, std::size_t p, std::size_t q, double cosine, double sine) {
  for (Row8& row : m) {
    const double left = row[p];
    const double right = row[q];
    row[p] = cosine * left - sine * right;
    row[q] = sine * left + cosine * right;
  }
}

void turn_rows(Square8& m, std::size_t p, std::size_t q, double cosine, double sine) {
  for (std::size_t c = 0; c < kEight; ++c) {
    const double left = m[p][c];
    const double right = m[q][c];
    m[p][c] = cosine * left - sine * right;
    m[q][c] = sine * left + cosine * right;
  }
}

// One rotation that makes entry (p, q) zero (Golub and Van Loan, section 8.5).
void annihilate(Square8& m, Square8& vectors, std::size_t p, std::size_t q) {
  if (m[p][q] == 0) return;
  const double slope = (m[q][q] - m[p][p]) / (2 * m[p][q]);
  const double root = std::sqrt(1 + slope * slope);
  const double tangent = slope >= 0 ? 1 / (slope + root) : 1 / (slope - root);
  const double cosine = 1 / std::sqrt(1 + tangent * tangent);
  turn_columns(m, p, q, cosine, tangent * cosine);
  turn_rows(m, p, q, cosine, tangent * cosine);
  turn_columns(vectors, p, q, cosine, tangent * cosine);
}

double off_diagonal(const Square8& m) {
  double largest = 0;
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < r; ++c) largest = std::max(largest, std::fabs(m[r][c]));
  }
  return largest;
}

Eigen8 in_descending_order(const Square8& diagonal, const Square8& vectors) {
  std::array<std::size_t, kEight> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return diagonal[a][a] > diagonal[b][b]; });
  Eigen8 sorted{};
  for (std::size_t c = 0; c < kEight; ++c) {
    sorted.values[c] = diagonal[order[c]][order[c]];
    for (std::size_t r = 0; r < kEight; ++r) sorted.vectors[r][c] = vectors[r][order[c]];
  }
  return sorted;
}

// How far inner products are from those of orthonormal columns.
double defect(const Square8& products) {
  double largest = off_diagonal(products);
  for (std::size_t c = 0; c < kEight; ++c) {
    largest = std::max(largest, std::fabs(products[c][c] - 1));
  }
  return largest;
}

// The matrix that makes columns of these inner products orthonormal; false if one has no length.
bool whitening(Square8 products, Square8& out) {
  Row8 scale{};
  for (std::size_t c = 0; c < kEight; ++c) {
    if (!(products[c][c] > 0) || !std::isfinite(products[c][c])) return false;
    scale[c] = 1 / std::sqrt(products[c][c]);
  }
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < kEight; ++c) products[r][c] *= scale[r] * scale[c];
  }
  const Eigen8 found = eigen(products);
  const double least = found.values[0] * std::numeric_limits<double>::epsilon();
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < kEight; ++c) {
      out[r][c] = scale[r] * found.vectors[r][c] / std::sqrt(std::max(found.values[c], least));
    }
  }
  return true;
}

}  // namespace

Eigen8 eigen(Square8 symmetric) {
  Square8 vectors{};
  for (std::size_t c = 0; c < kEight; ++c) vectors[c][c] = 1;
  double scale = off_diagonal(symmetric);
  for (std::size_t c = 0; c < kEight; ++c) scale = std::max(scale, std::fabs(symmetric[c][c]));
  const double negligible = scale * std::numeric_limits<double>::epsilon() / 16;
  for (int sweep = 0; sweep < kSweeps && off_diagonal(symmetric) > negligible; ++sweep) {
    for (std::size_t p = 0; p < kEight; ++p) {
      for (std::size_t q = p + 1; q < kEight; ++q) annihilate(symmetric, vectors, p, q);
    }
  }
  return in_descending_order(symmetric, vectors);
}

template <typename Real>
Square8 inner_products(const Block<Real>& a, const Block<Real>& b, Team& team) {
  const auto parts =
      partial_sums<Square8>(a.size(), team, [&](std::size_t first, std::size_t last) {
        Square8 part{};
        products_with(a.data() + first, b.data() + first, last - first, part);
        return part;
      });
  Square8 sum{};
  for (const Square8& part : parts) {
    for (std::size_t r = 0; r < kEight; ++r) {
      for (std::size_t c = 0; c < kEight; ++c) sum[r][c] += part[r][c];
    }
  }
  return sum;
}

template <typename Real>
void rotate(Block<Real>& x, const Square8& by, Team& team) {
  for_ranges(team, x.size(), kRange, [&](std::size_t first, std::size_t last) {
    rotate_with(x.data() + first, last - first, by);
  });
}

template <typename Real>
void take_away(Block<Real>& x, const std::vector<double>& unit, Team& team) {
  const Row8 along = total(partial_sums<Row8>(x.size(), team, [&](auto first, auto last) {
    Row8 part{};
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t c = 0; c < kEight; ++c) part[c] += unit[i] * static_cast<double>(x[i].v[c]);
    }
    return part;
  }));
  for_ranges(team, x.size(), kRange, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t c = 0; c < kEight; ++c) x[i].v[c] -= static_cast<Real>(unit[i] * along[c]);
    }
  });
}

template <typename Real>
Row8 residuals(const Block<Real>& x, const Block<Real>& y, const Row8& values, Team& team) {
  Row8 squares = total(partial_sums<Row8>(x.size(), team, [&](auto first, auto last) {
    Row8 part{};
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t c = 0; c < kEight; ++c) {
        const double off =
            static_cast<double>(y[i].v[c]) - values[c] * static_cast<double>(x[i].v[c]);
        part[c] += off * off;
      }
    }
    return part;
  }));
  for (double& square : squares) square = std::sqrt(square);
  return squares;
}

template <typename Real>
bool orthonormalise(Block<Real>& x, Team& team) {
  // Rounding of columns leaves their products this far from what they should be.
  const double enough = 32 * static_cast<double>(std::numeric_limits<Real>::epsilon());
  for (int pass = 0; pass < kPasses; ++pass) {
    const Square8 products = inner_products(x, x, team);
    if (defect(products) <= enough) return true;
    Square8 turn{};
    if (!whitening(products, turn)) return false;
    rotate(x, turn, team);
  }
  return false;
}

#define HARTONOMOUS_SUBSPACE(Real)                                                           \
  template Square8 inner_products<Real>(const Block<Real>&, const Block<Real>&, Team&);      \
  template void rotate<Real>(Block<Real>&, const Square8&, Team&);                           \
  template void take_away<Real>(Block<Real>&, const std::vector<double>&, Team&);            \
  template Row8 residuals<Real>(const Block<Real>&, const Block<Real>&, const Row8&, Team&); \
  template bool orthonormalise<Real>(Block<Real>&, Team&);
HARTONOMOUS_SUBSPACE(float)
HARTONOMOUS_SUBSPACE(double)

}  // namespace hartonomous
