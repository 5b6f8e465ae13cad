#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "check.hpp"
#include "hartonomous/cpu.hpp"
#include "hartonomous/eigenpairs.hpp"
#include "hartonomous/subspace.hpp"

using namespace hartonomous;

namespace {

// A ring of side^2 rows, each of which also knows those a side on: a torus, a little twisted.
struct Ring {
  std::int32_t side;
  std::vector<std::int64_t> starts;
  std::vector<std::int32_t> neighbors;
  std::vector<double> weights;

  explicit Ring(std::int32_t ring_side) : side(ring_side), starts{0} {
    const std::int32_t rows = side * side;
    for (std::int32_t i = 0; i < rows; ++i) {
      for (const std::int32_t step : {1, side, rows - side, rows - 1}) {
        neighbors.push_back((i + step) % rows);
        weights.push_back(1.0);
      }
      starts.push_back(static_cast<std::int64_t>(neighbors.size()));
    }
  }

  [[nodiscard]] Graph graph() const {
    return {starts.data(), neighbors.data(), weights.data(), starts.size() - 1};
  }

  // All eigenvalues, descending.
  [[nodiscard]] std::vector<double> values() const {
    std::vector<double> all;
    for (int wave = 0; wave < side * side; ++wave) {
      const double angle = 2 * M_PI * wave / (side * side);
      all.push_back((std::cos(angle) + std::cos(side * angle)) / 2);
    }
    std::sort(all.begin(), all.end(), std::greater<>());
    return all;
  }
};

struct Found {
  std::vector<double> values;
  std::vector<double> vectors;
  Convergence how;
};

Found solve(const Ring& ring, std::size_t threads) {
  Found found{std::vector<double>(4), std::vector<double>(4 * (ring.starts.size() - 1)), {}};
  found.how = leading_eigenpairs(ring.graph(), {found.values.data(), found.vectors.data(), 4}, 1e-6,
                                 threads, [](double) {});
  return found;
}

}  // namespace

TEST(jacobi_turns_a_symmetric_matrix_into_its_eigenvalues) {
  Square8 m{};
  for (std::size_t r = 0; r < kEight; ++r) {
    for (std::size_t c = 0; c < kEight; ++c) m[r][c] = 1.0 / static_cast<double>(r + c + 1);
  }
  const Eigen8 found = eigen(m);
  for (std::size_t p = 0; p < kEight; ++p) {
    for (std::size_t r = 0; r < kEight; ++r) {
      double product = 0;
      for (std::size_t c = 0; c < kEight; ++c) product += m[r][c] * found.vectors[c][p];
      CHECK(std::fabs(product - found.values[p] * found.vectors[r][p]) < 1e-14);
    }
  }
}

TEST(a_ring_has_pairs_of_equal_eigenvalues) {
  for (const int side : {20, 95}) {
    const Ring ring(side);
    const std::vector<double> expected = ring.values();
    const Found found = solve(ring, 2);
    CHECK(found.how.reached && found.how.residual <= 1e-6);
    for (std::size_t p = 0; p < 4; ++p) {
      CHECK(std::fabs(found.values[p] - expected[p + 1]) < 1e-9);
    }
  }
}

TEST(threads_and_instructions_do_not_change_the_eigenpairs) {
  const Ring ring(95);
  const Found alone = solve(ring, 1);
  for (const std::size_t threads : {2U, 3U}) CHECK(solve(ring, threads).vectors == alone.vectors);
  for (const Instructions most : {Instructions::plain, Instructions::avx2}) {
    limit_instructions(most);
    CHECK(solve(ring, 2).vectors == alone.vectors);
  }
  limit_instructions(Instructions::vnni);
}
