#include "hartonomous/block_join.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "hartonomous/code_tile.hpp"
#include "hartonomous/dot.hpp"
#include "hartonomous/scan.hpp"

namespace hartonomous {
namespace {

// Members of one tile, packed once: half a megabyte of codes at 1,024 columns.
constexpr std::size_t kTileColumns = 512;
// Rows scored with them before another task may take over.
constexpr std::size_t kTileProbers = 2048;
// Neighbours of a row, each way, whose neighbours are looked at.
constexpr std::size_t kAround = 16;
constexpr std::size_t kListRows = 64;
constexpr std::size_t kGrain = 1024;

Codes encoded(Matrix rows, std::size_t threads) {
  Team team(threads);
  return encode(rows, team);
}

Codes centred(const Codes& codes, std::size_t clusters, std::size_t threads) {
  Team team(threads);
  return cluster_centres(codes, clusters, team);
}

void keep_best(std::vector<std::uint64_t>& ranks, std::size_t count) {
  std::sort(ranks.begin(), ranks.end(), std::greater<>());
  ranks.resize(std::min(ranks.size(), count));
}

}  // namespace

// Members of a cluster beside rows that probe it, or beside members themselves.
struct BlockJoin::Tile {
  std::size_t cluster;
  const std::uint32_t* members;
  std::size_t member_count;
  const std::uint32_t* probers;
  std::size_t prober_count;
  enum class Kind { diagonal, members_only, probing } kind;
};

struct BlockJoin::Scratch {
  Panels panels;
  std::vector<const std::uint8_t*> pointers;
  std::vector<float> thresholds;
  std::vector<float> scores;
  std::vector<std::uint32_t> hits;
  Ids candidates;
  std::vector<std::uint32_t> seen;  // rows marked with the number of the list that saw them
  std::uint32_t lists = 0;
};

BlockJoin::BlockJoin(Matrix rows, const BlockSettings& settings, std::size_t threads)
    : rows_(rows),
      settings_(settings),
      threads_(std::min(thread_count(threads), kMostThreads)),
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

bool BlockJoin::is_reached(std::uint32_t a, std::uint32_t b) const {
  return place_of(a, own(b)) < probes_ || place_of(b, own(a)) < probes_;
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
  score(own_tiles, [](double) {});
  score(tiles, watch);
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

// Takes each row's best both ways, as they are now: who is near it and whom it is near to.
void BlockJoin::freeze() {
  std::vector<std::uint64_t> forward(rows_.rows * kAround, 0);
  Team team(threads_);
  for_ranges(team, rows_.rows, kGrain, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      std::vector<std::uint64_t> ranks = best_.best(i);
      std::copy_n(ranks.begin(), std::min(ranks.size(), kAround),
                  forward.begin() + static_cast<std::ptrdiff_t>(i * kAround));
    }
  });
  add_reverse(forward);
}

void BlockJoin::add_reverse(const std::vector<std::uint64_t>& forward) {
  std::vector<std::size_t> starts(rows_.rows + 1, 0);
  for (const std::uint64_t rank : forward) {
    if (rank != 0) ++starts[index_of(rank) + 1U];
  }
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<std::uint64_t> reverse(starts.back());
  std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
  for (std::size_t e = 0; e < forward.size(); ++e) {
    if (forward[e] == 0) continue;
    const auto from = static_cast<std::uint32_t>(e / kAround);
    reverse[next[index_of(forward[e])]++] = rank_of(score_of(forward[e]), from);
  }
  around_starts_.assign(1, 0);
  around_.clear();
  for (std::size_t i = 0; i < rows_.rows; ++i) {
    const std::size_t begin = around_.size();
    const auto first = reverse.begin() + static_cast<std::ptrdiff_t>(starts[i]);
    const auto last = reverse.begin() + static_cast<std::ptrdiff_t>(starts[i + 1]);
    std::sort(first, last, std::greater<>());
    for (auto r = first; r != last && r - first < std::ptrdiff_t{kAround}; ++r) {
      around_.push_back(index_of(*r));
    }
    for (std::size_t e = i * kAround; e < (i + 1) * kAround && forward[e] != 0; ++e) {
      around_.push_back(index_of(forward[e]));
    }
    const auto own_first = around_.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(own_first, around_.end());
    around_.erase(std::unique(own_first, around_.end()), around_.end());
    around_starts_.push_back(around_.size());
  }
}

void BlockJoin::lists(const std::vector<std::uint32_t>& rows, const Neighbors& out,
                      const Watch& watch) {
  if (settings_.expand && around_starts_.empty()) freeze();
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Rows of one cluster one after the other: their neighbours are in the caches then.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return own(rows[a]) < own(rows[b]); });
  const std::size_t tasks = (rows.size() + kListRows - 1) / kListRows;
  std::vector<Scratch> scratch(std::max<std::size_t>(1, std::min(threads_, tasks)));
  run_tasks(
      tasks, scratch.size(),
      [&](std::size_t task, std::size_t worker) {
        const std::size_t last = std::min(rows.size(), (task + 1) * kListRows);
        for (std::size_t i = task * kListRows; i < last; ++i) {
          write_list(rows[order[i]], order[i], out, scratch[worker]);
        }
      },
      watch);
}

void BlockJoin::write_list(std::uint32_t row, std::size_t line, const Neighbors& out,
                           Scratch& scratch) const {
  std::vector<std::uint64_t> ranks = best_.best(row);
  if (settings_.expand) expand(row, ranks, scratch);
  if (ranks.size() < out.k) add_all(row, ranks, scratch);
  for (std::uint64_t& rank : ranks) {
    const std::uint32_t other = index_of(rank);
    rank = rank_of(dot(rows_.row(row), rows_.row(other), rows_.columns), other);
  }
  keep_best(ranks, out.k);
  for (std::size_t j = 0; j < out.k; ++j) {
    out.indices[line * out.k + j] = static_cast<std::int32_t>(index_of(ranks[j]));
    out.scores[line * out.k + j] = score_of(ranks[j]);
  }
}

// Adds the neighbours of the row's neighbours that its tiles did not hold.
void BlockJoin::expand(std::uint32_t row, std::vector<std::uint64_t>& ranks,
                       Scratch& scratch) const {
  scratch.seen.resize(rows_.rows, 0);
  const std::uint32_t mark = ++scratch.lists;
  scratch.seen[row] = mark;
  scratch.candidates.clear();
  for (std::size_t a = around_starts_[row]; a < around_starts_[row + 1]; ++a) {
    const std::size_t middle = around_[a];
    for (std::size_t b = around_starts_[middle]; b < around_starts_[middle + 1]; ++b) {
      const std::uint32_t candidate = around_[b];
      if (scratch.seen[candidate] == mark) continue;
      scratch.seen[candidate] = mark;
      if (!is_reached(row, candidate)) scratch.candidates.push_back(candidate);
    }
  }
  add_scored(row, ranks, scratch);
}

// A row that found too few is compared with all.
void BlockJoin::add_all(std::uint32_t row, std::vector<std::uint64_t>& ranks,
                        Scratch& scratch) const {
  ranks.clear();
  scratch.candidates.clear();
  for (std::uint32_t j = 0; j < rows_.rows; ++j) {
    if (j != row) scratch.candidates.push_back(j);
  }
  add_scored(row, ranks, scratch);
}

void BlockJoin::add_scored(std::uint32_t row, std::vector<std::uint64_t>& ranks,
                           Scratch& scratch) const {
  const std::size_t count = scratch.candidates.size();
  scratch.pointers.resize(count);
  scratch.scores.resize(std::max(scratch.scores.size(), count));
  for (std::size_t i = 0; i < count; ++i) {
    scratch.pointers[i] = codes_.row(scratch.candidates[i]);
  }
  score_rows(codes_.row(row), scratch.pointers.data(), count, codes_.width(),
             scratch.scores.data());
  for (std::size_t i = 0; i < count; ++i) {
    ranks.push_back(rank_of(scratch.scores[i], scratch.candidates[i]));
  }
  keep_best(ranks, settings_.keep);
}

}  // namespace hartonomous
