#include <algorithm>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "check.hpp"
#include "hartonomous/top_k.hpp"

using hartonomous::TopK;

namespace {

using Offers = std::vector<std::pair<float, std::uint32_t>>;

struct Best {
  std::vector<std::int32_t> indices;
  std::vector<float> scores;
};

Best best_of(const Offers& offers, std::size_t k) {
  TopK top(1, k);
  for (const auto& [score, index] : offers) top.offer(0, score, index);
  Best best{std::vector<std::int32_t>(k), std::vector<float>(k)};
  top.finish(0, best.indices.data(), best.scores.data());
  return best;
}

Offers tied_offers(std::size_t count) {
  Offers offers;
  for (std::uint32_t i = 0; i < count; ++i) offers.emplace_back(static_cast<float>(i % 9) - 4, i);
  return offers;
}

}  // namespace

TEST(best_offers_come_in_order_whatever_order_they_arrive_in) {
  Offers offers = tied_offers(500);
  Offers sorted = offers;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::mt19937 random(7);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::shuffle(offers.begin(), offers.end(), random);
    const Best best = best_of(offers, 40);
    for (std::size_t i = 0; i < 40; ++i) {
      CHECK(best.scores[i] == sorted[i].first);
      CHECK(best.indices[i] == static_cast<std::int32_t>(sorted[i].second));
    }
  }
}

TEST(negative_zero_ties_with_zero) {
  const Best best = best_of({{-0.0F, 1}, {0.0F, 2}, {-0.0F, 0}}, 3);
  CHECK(best.indices == std::vector<std::int32_t>{0, 1, 2});
}

TEST(rows_with_too_few_offers_end_in_minus_one) {
  const Best best = best_of({{1.5F, 3}}, 2);
  CHECK(best.indices == std::vector<std::int32_t>{3, -1});
  CHECK(best.scores[1] == -std::numeric_limits<float>::infinity());
}

TEST(threshold_never_excludes_a_winner) {
  TopK top(1, 5);
  CHECK(top.thresholds()[0] == -std::numeric_limits<float>::infinity());
  for (std::uint32_t i = 0; i < 100; ++i) top.offer(0, static_cast<float>(i), i);
  CHECK(top.thresholds()[0] > 0);
  CHECK(top.thresholds()[0] <= 95);
}
