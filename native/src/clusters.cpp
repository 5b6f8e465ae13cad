#include "hartonomous/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "hartonomous/code_tile.hpp"
#include "hartonomous/lanes.hpp"
#include "hartonomous/rank.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kRounds = 6;
constexpr std::size_t kRowsACluster = 40;
// Rows of one task; a multiple of a tile's.
constexpr std::size_t kGrain = 256;

using Pointers = std::vector<const std::uint8_t*>;

// All rows in an order that looks random, or the first `count` of it.
Pointers picked(const Codes& rows, std::size_t count) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order(rows.rows());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {mixed(i), i};
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count) - 1,
                   order.end());
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  Pointers out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = rows.row(order[i].second);
  return out;
}

Panels packed(const Codes& centres) {
  Pointers rows(centres.rows());
  for (std::size_t c = 0; c < rows.size(); ++c) rows[c] = centres.row(c);
  Panels panels;
  panels.pack(rows.data(), rows.size(), centres.width());
  return panels;
}

// Calls use(row, scores of the row with all centres) for every row.
template <typename Use>
void score_all(const Pointers& rows, const Panels& centres, Team& team, const Use& use) {
  std::vector<std::vector<float>> scratch(team.size());
  team.run((rows.size() + kGrain - 1) / kGrain, [&](std::size_t task, std::size_t worker) {
    std::vector<float>& scores = scratch[worker];
    scores.resize(kTileRows * centres.stride());
    const std::size_t last = std::min(rows.size(), (task + 1) * kGrain);
    for (std::size_t i = task * kGrain; i < last; i += kTileRows) {
      const std::uint8_t* tile[kTileRows];
      for (std::size_t r = 0; r < kTileRows; ++r) tile[r] = rows[std::min(i + r, last - 1)];
      score_tile(tile, centres, scores.data());
      for (std::size_t r = 0; r < kTileRows && i + r < last; ++r) {
        use(i + r, scores.data() + r * centres.stride());
      }
    }
  });
}

using Sums = std::vector<std::int32_t>;

// Adds each cluster's codes; integers, so the order does not matter.
Sums add_members(const Pointers& rows, const std::vector<std::uint16_t>& own, std::size_t clusters,
                 std::size_t width) {
  Sums sums(clusters * width, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::int32_t* sum = sums.data() + own[i] * width;
    for (std::size_t t = 0; t < width; ++t) sum[t] += rows[i][t] - kCodeOffset;
  }
  return sums;
}

double squared_length(const std::uint8_t* row, std::size_t width) {
  std::int64_t sum = 0;
  for (std::size_t t = 0; t < width; ++t) {
    const std::int64_t code = row[t] - kCodeOffset;
    sum += code * code;
  }
  return static_cast<double>(sum);
}

double typical_length(const Pointers& rows, std::size_t width) {
  double sum = 0;
  for (const std::uint8_t* row : rows) sum += squared_length(row, width);
  return std::sqrt(sum / static_cast<double>(rows.size()));
}

// A sum of rows as a row of the given length; a sum of nothing leaves the centre where it was.
void set_centre(const std::int32_t* sum, std::size_t width, double length, std::uint8_t* centre) {
  std::int64_t squares = 0;
  for (std::size_t t = 0; t < width; ++t) squares += std::int64_t{sum[t]} * sum[t];
  if (squares == 0) return;
  const double factor = length / std::sqrt(static_cast<double>(squares));
  for (std::size_t t = 0; t < width; ++t) {
    const double code = std::nearbyint(static_cast<double>(sum[t]) * factor);
    const double kept = std::clamp<double>(code, -kLargestCode, kLargestCode);
    centre[t] = static_cast<std::uint8_t>(static_cast<int>(kept) + kCodeOffset);
  }
}

std::uint16_t best_of(const float* scores, std::size_t count) {
  return static_cast<std::uint16_t>(std::max_element(scores, scores + count) - scores);
}

}  // namespace

Codes cluster_centres(const Codes& rows, std::size_t clusters, Team& team) {
  const std::size_t width = rows.width();
  const Pointers sample = picked(rows, std::min(rows.rows(), kRowsACluster * clusters));
  const double length = typical_length(sample, width);
  Codes centres(clusters, width);
  for (std::size_t c = 0; c < clusters; ++c) std::copy_n(sample[c], width, centres.row(c));
  std::vector<std::uint16_t> own(sample.size());
  for (std::size_t round = 0; round < kRounds; ++round) {
    score_all(sample, packed(centres), team,
              [&](std::size_t i, const float* scores) { own[i] = best_of(scores, clusters); });
    const Sums sums = add_members(sample, own, clusters, width);
    for (std::size_t c = 0; c < clusters; ++c) {
      set_centre(sums.data() + c * width, width, length, centres.row(c));
    }
  }
  return centres;
}

std::vector<std::uint16_t> nearest_centres(const Codes& rows, const Codes& centres,
                                           std::size_t count, Team& team) {
  std::vector<std::uint16_t> nearest(product(rows.rows(), count));
  Pointers pointers(rows.rows());
  for (std::size_t i = 0; i < pointers.size(); ++i) pointers[i] = rows.row(i);
  score_all(pointers, packed(centres), team, [&](std::size_t i, const float* scores) {
    thread_local std::vector<std::uint64_t> ranks;
    ranks.resize(centres.rows());
    for (std::size_t c = 0; c < ranks.size(); ++c) {
      ranks[c] = rank_of(scores[c], static_cast<std::uint32_t>(c));
    }
    select_greatest(ranks.data(), count - 1, ranks.size());
    std::sort(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(count), std::greater<>());
    for (std::size_t p = 0; p < count; ++p) {
      nearest[i * count + p] = static_cast<std::uint16_t>(index_of(ranks[p]));
    }
  });
  return nearest;
}

}  // namespace hartonomous
