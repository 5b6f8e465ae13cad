// What a block join makes of the pairs it has scored: lists by exact scores.
#include <algorithm>
#include <functional>
#include <numeric>

#include "hartonomous/block_join.hpp"
#include "hartonomous/dot.hpp"
#include "hartonomous/sizes.hpp"

namespace hartonomous {
namespace {

// Neighbours of a row, each way, whose neighbours are looked at.
constexpr std::size_t kAround = 16;
constexpr std::size_t kListRows = 64;
constexpr std::size_t kGrain = 1024;

void keep_best(std::vector<std::uint64_t>& ranks, std::size_t count) {
  std::sort(ranks.begin(), ranks.end(), std::greater<>());
  ranks.resize(std::min(ranks.size(), count));
}

}  // namespace

bool BlockJoin::is_reached(std::uint32_t a, std::uint32_t b) const {
  return place_of(a, own(b)) < probes_ || place_of(b, own(a)) < probes_;
}

// Takes each row's best both ways, as they are now: who is near it and whom it is near to.
void BlockJoin::freeze() {
  std::vector<std::uint64_t> forward(product(rows_.rows, kAround), 0);
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
