#include <algorithm>
#include <random>
#include <vector>

#include "check.hpp"
#include "hartonomous/knn.hpp"

using hartonomous::Matrix;

namespace {

constexpr std::size_t kColumns = 9;

void ignore(double) {}

// Small integers, so that every product is exact and ties abound.
std::vector<float> integer_rows(std::size_t rows) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> values(-2, 2);
  std::vector<float> numbers(rows * kColumns);
  for (float& number : numbers) number = static_cast<float>(values(random));
  return numbers;
}

struct Found {
  std::vector<std::int32_t> indices;
  std::vector<float> scores;

  Found(std::size_t rows, std::size_t k) : indices(rows * k), scores(rows * k) {}
  bool operator==(const Found& other) const {
    return indices == other.indices && scores == other.scores;
  }
};

Found self_join(const std::vector<float>& numbers, std::size_t k, std::size_t threads) {
  const Matrix rows{numbers.data(), numbers.size() / kColumns, kColumns};
  Found found(rows.rows, k);
  hartonomous::knn_self_join(rows, {found.indices.data(), found.scores.data(), k}, threads, ignore);
  return found;
}

Found join_with_itself(const std::vector<float>& numbers, std::size_t k, std::size_t threads) {
  const Matrix rows{numbers.data(), numbers.size() / kColumns, kColumns};
  Found found(rows.rows, k);
  hartonomous::knn_join(rows, rows, 0, {found.indices.data(), found.scores.data(), k}, threads,
                        ignore);
  return found;
}

float dot(const float* a, const float* b) {
  float sum = 0;
  for (std::size_t i = 0; i < kColumns; ++i) sum += a[i] * b[i];
  return sum;
}

// Every other row, best first, by the definition.
std::vector<std::int32_t> ranked(const std::vector<float>& numbers, std::size_t row) {
  const auto score = [&](std::int32_t j) {
    return dot(&numbers[row * kColumns], &numbers[static_cast<std::size_t>(j) * kColumns]);
  };
  std::vector<std::int32_t> others;
  for (std::size_t j = 0; j < numbers.size() / kColumns; ++j) {
    if (j != row) others.push_back(static_cast<std::int32_t>(j));
  }
  std::stable_sort(others.begin(), others.end(),
                   [&](std::int32_t a, std::int32_t b) { return score(a) > score(b); });
  return others;
}

}  // namespace

TEST(self_join_finds_what_the_definition_says) {
  for (const std::size_t rows : {2U, 3U, 511U, 513U, 1100U}) {
    const std::vector<float> numbers = integer_rows(rows);
    const std::size_t k = std::min<std::size_t>(20, rows - 1);
    const Found found = self_join(numbers, k, 2);
    for (std::size_t i = 0; i < rows; i += 97) {
      const std::vector<std::int32_t> expected = ranked(numbers, i);
      CHECK(std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(k),
                       found.indices.begin() + static_cast<std::ptrdiff_t>(i * k)));
    }
  }
}

TEST(symmetric_join_equals_the_plain_one) {
  const std::vector<float> numbers = integer_rows(1300);
  CHECK(self_join(numbers, 10, 2) == join_with_itself(numbers, 10, 2));
}

TEST(threads_do_not_change_the_result) {
  const std::vector<float> numbers = integer_rows(2100);
  const Found alone = self_join(numbers, 30, 1);
  for (const std::size_t threads : {2U, 3U, 8U}) {
    CHECK(self_join(numbers, 30, threads) == alone);
    CHECK(join_with_itself(numbers, 30, threads) == alone);
  }
}
