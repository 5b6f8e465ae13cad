#include "hartonomous/block_join.hpp"

#include <algorithm>
#include <numeric>

#include "hartonomous/scan.hpp"

namespace hartonomous {
namespace {

// Members of one tile, packed once: half a megabyte of codes at 1,024 columns.
constexpr std::size_t kTileColumns = 512;
// Rows scored with them before another task may take over.
constexpr std::size_t kTileProbers = 2048;

Codes encoded(Matrix rows, std::size_t threads) {
  Team team(threads);
  return encode(rows, team);
}

Codes centred(const Codes& codes, std::size_t clusters, std::size_t threads) {
  Team team(threads);
  return cluster_centres(codes, clusters, team);
}

}  // namespace

BlockJoin::BlockJoin(Matrix rows, const BlockSettings& settings, std::size_t threads)
    : rows_(rows),
      settings_(settings),
      threads_(thread_count(threads)),
      codes_(encoded(rows, threads_)),
      centres_(centred(codes_, settings.clusters, threads_)),
      best_(rows.rows, settings.keep) {}

std::size_t BlockJoin::place_of(std::size_t row, std::uint16_t cluster) const {
  const std::uint16_t* first = probes_of(row);
  return static_cast<std::size_t>(std::find(first, first + probes_, cluster) - first);
}

// A pair of which each row probes the other's cluster is scored twice and taken once: in an earlier
// call, or else in the tile of the smaller cluster.
bool BlockJoin::is_taken(std::uint32_t member, std::uint32_t prober, std::size_t cluster) const {
  const std::uint16_t other = own(prober);
  const std::size_t place = place_of(member, other);
  return place < before_ || (place < probes_ && other < cluster);
}

// Rows by the clusters that they probe at these places, ascending in each.
BlockJoin::Grouped BlockJoin::group(std::size_t first_probe, std::size_t last_probe) const {
  Grouped grouped{std::vector<std::size_t>(settings_.clusters + 1, 0), {}};
  for (std::size_t i = 0; i < rows_.rows; ++i) {
    for (std::size_t p = first_probe; p < last_probe; ++p) ++grouped.starts[probes_of(i)[p] + 1U];
  }
  std::partial_sum(grouped.starts.begin(), grouped.starts.end(), grouped.starts.begin());
  grouped.ids.resize(grouped.starts.back());
  std::vector<std::size_t> next = grouped.starts;
  for (std::size_t i = 0; i < rows_.rows; ++i) {
    for (std::size_t p = first_probe; p < last_probe; ++p) {
      grouped.ids[next[probes_of(i)[p]]++] = static_cast<std::uint32_t>(i);
    }
  }
  return grouped;
}

void BlockJoin::probe(std::size_t probes, const Watch& watch) {
  probes = std::min(probes, settings_.clusters);
  if (probes <= probes_) return;
  before_ = probes_;
  {
    Team team(threads_);
    nearest_ = nearest_centres(codes_, centres_, probes, team);
  }
  probes_ = probes;
  around_starts_.clear();
  if (before_ == 0) members_ = group(0, 1);
  const Grouped probers = group(std::max<std::size_t>(1, before_), probes_);
  std::vector<Tile> own_tiles;
  std::vector<Tile> tiles;
  for (std::size_t c = 0; c < settings_.clusters; ++c) {
    for (std::size_t m = members_.starts[c]; m < members_.starts[c + 1]; m += kTileColumns) {
      const std::size_t count = std::min(kTileColumns, members_.starts[c + 1] - m);
      const std::uint32_t* columns = members_.ids.data() + m;
      for (std::size_t p = probers.starts[c]; p < probers.starts[c + 1]; p += kTileProbers) {
        tiles.push_back({c, columns, count, probers.ids.data() + p,
                         std::min(kTileProbers, probers.starts[c + 1] - p), Tile::Kind::probing});
      }
      for (std::size_t p = members_.starts[c]; p <= m && before_ == 0; p += kTileColumns) {
        own_tiles.push_back({c, columns, count, members_.ids.data() + p,
                             std::min(kTileColumns, members_.starts[c + 1] - p),
                             p == m ? Tile::Kind::diagonal : Tile::Kind::members_only});
      }
    }
  }
  // Own clusters first: they make the thresholds tight, which saves most of the other offers.
  const double share =
      static_cast<double>(own_tiles.size()) / static_cast<double>(own_tiles.size() + tiles.size());
  score(own_tiles, [&](double done) { watch(share * done); });
  score(tiles, [&](double done) { watch(share + (1 - share) * done); });
}

void BlockJoin::score(const std::vector<Tile>& tiles, const Watch& watch) {
  std::vector<Scratch> scratch(std::max<std::size_t>(1, std::min(threads_, tiles.size())));
  run_tasks(
      tiles.size(), scratch.size(),
      [&](std::size_t task, std::size_t worker) { score_tile_of(tiles[task], scratch[worker]); },
      watch);
}

void BlockJoin::score_tile_of(const Tile& tile, Scratch& scratch) {
  scratch.pointers.resize(tile.member_count);
  scratch.thresholds.resize(tile.member_count);
  for (std::size_t m = 0; m < tile.member_count; ++m) {
    scratch.pointers[m] = codes_.row(tile.members[m]);
    scratch.thresholds[m] = best_.threshold(tile.members[m]);
  }
  scratch.panels.pack(scratch.pointers.data(), tile.member_count, codes_.width());
  scratch.scores.resize(kTileRows * scratch.panels.stride());
  scratch.hits.resize(tile.member_count);
  for (std::size_t p = 0; p < tile.prober_count; p += kTileRows) {
    const std::uint8_t* rows[kTileRows];
    for (std::size_t r = 0; r < kTileRows; ++r) {
      rows[r] = codes_.row(tile.probers[std::min(p + r, tile.prober_count - 1)]);
    }
    score_tile(rows, scratch.panels, scratch.scores.data());
    for (std::size_t r = 0; r < kTileRows && p + r < tile.prober_count; ++r) {
      const std::size_t skip = tile.kind == Tile::Kind::diagonal ? p + r + 1 : 0;
      offer_line(tile, tile.probers[p + r], skip,
                 scratch.scores.data() + r * scratch.panels.stride(), scratch);
    }
  }
}

// Offers both ends of each pair to one another; on the diagonal what lies above it.
void BlockJoin::offer_line(const Tile& tile, std::uint32_t row, std::size_t skip,
                           const float* scores, Scratch& scratch) {
  const std::size_t found =
      scan(scores + skip, scratch.thresholds.data() + skip, best_.threshold(row),
           tile.member_count - skip, scratch.hits.data());
  for (std::size_t h = 0; h < found; ++h) {
    const std::size_t column = skip + scratch.hits[h];
    const std::uint32_t member = tile.members[column];
    const float score = scores[column];
    if (!best_.wants(row, score, member) && !best_.wants(member, score, row)) continue;
    if (tile.kind == Tile::Kind::probing && is_taken(member, row, tile.cluster)) continue;
    best_.offer(row, score, member);
    best_.offer(member, score, row);
  }
}

}  // namespace hartonomous
