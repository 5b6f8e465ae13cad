#include <limits>
#include <random>
#include <vector>

#include "check.hpp"
#include "hartonomous/scan.hpp"

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> small_integers(std::mt19937& random, std::size_t count) {
  std::uniform_int_distribution<int> values(-3, 3);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = static_cast<float>(values(random));
  return numbers;
}

std::vector<std::uint32_t> scan(const std::vector<float>& scores, const std::vector<float>& columns,
                                float row) {
  std::vector<std::uint32_t> hits(scores.size());
  hits.resize(hartonomous::scan(scores.data(), columns.data(), row, scores.size(), hits.data()));
  return hits;
}

}  // namespace

TEST(scan_finds_what_reaches_either_threshold_at_every_length) {
  std::mt19937 random(1);
  for (std::size_t count = 0; count < 70; ++count) {
    const std::vector<float> scores = small_integers(random, count);
    const std::vector<float> columns = small_integers(random, count);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t j = 0; j < count; ++j) {
      if (scores[j] >= 2 || scores[j] >= columns[j]) expected.push_back(j);
    }
    CHECK(scan(scores, columns, 2) == expected);
  }
}

TEST(scan_takes_everything_over_minus_infinity_and_no_nan) {
  const std::vector<float> nan(40, std::numeric_limits<float>::quiet_NaN());
  CHECK(scan(std::vector<float>(40, 0), std::vector<float>(40, kInfinity), -kInfinity).size() ==
        40);
  CHECK(scan(nan, std::vector<float>(40, -kInfinity), -kInfinity).empty());
}
