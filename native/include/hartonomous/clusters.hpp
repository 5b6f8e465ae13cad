// Groups of rows that point the same way: spherical k-means on codes, with integer sums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/codes.hpp"
#include "hartonomous/workers.hpp"

namespace hartonomous {

// Clusters are numbered in two bytes.
constexpr std::size_t kMostClusters = 65536;

// The clusters' centres, as codes. They start at rows picked by a hash and see a sample of rows.
Codes cluster_centres(const Codes& rows, std::size_t clusters, Team& team);

// The `count` nearest centres of each row, nearest first, then by number: rows x count.
std::vector<std::uint16_t> nearest_centres(const Codes& rows, const Codes& centres,
                                           std::size_t count, Team& team);

}  // namespace hartonomous
