#include "hartonomous/knn.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <vector>

#include "hartonomous/gemm.hpp"
#include "hartonomous/scan.hpp"
#include "hartonomous/top_k.hpp"

namespace hartonomous {
namespace {

// A tile of scores (1 MB) stays in the second-level cache between sgemm and scan.
constexpr std::size_t kBlockRows = 512;

struct Block {
  std::size_t first;
  std::size_t count;
};

std::size_t block_count(const Matrix& m) { return (m.rows + kBlockRows - 1) / kBlockRows; }

Block block_at(const Matrix& m, std::size_t index) {
  const std::size_t first = index * kBlockRows;
  return {first, std::min(kBlockRows, m.rows - first)};
}

Matrix rows_of(const Matrix& m, Block block) {
  return {m.row(block.first), block.count, m.columns};
}

// What one worker writes to.
struct Scratch {
  std::vector<float> scores = std::vector<float>(kBlockRows * kBlockRows);
  std::vector<std::uint32_t> hits = std::vector<std::uint32_t>(kBlockRows);
};

std::uint32_t narrow(std::size_t row) { return static_cast<std::uint32_t>(row); }

// The best offers so far of all rows, a lock for each block of them.
class Ranking {
 public:
  Ranking(std::size_t rows, std::size_t blocks, std::size_t k) : best_(rows, k), locks_(blocks) {}

  TopK& best() { return best_; }
  std::mutex& lock(std::size_t block) { return locks_[block]; }

  void finish(Block block, const Neighbors& out) {
    for (std::size_t i = block.first; i < block.first + block.count; ++i) {
      best_.finish(i, out.indices + i * out.k, out.scores + i * out.k);
    }
  }

 private:
  TopK best_;
  std::vector<std::mutex> locks_;
};

struct Pair {
  std::size_t left;
  std::size_t right;
};

// All unordered pairs of blocks, ordered so that consecutive ones seldom share a block: pairs at
// distance 0 round the circle of blocks, then distance 1, and so on.
std::vector<Pair> block_pairs(std::size_t blocks) {
  std::vector<Pair> pairs;
  pairs.reserve(blocks * (blocks + 1) / 2);
  for (std::size_t distance = 0; 2 * distance <= blocks; ++distance) {
    const std::size_t starts = 2 * distance == blocks ? distance : blocks;
    for (std::size_t i = 0; i < starts; ++i) pairs.push_back({i, (i + distance) % blocks});
  }
  return pairs;
}

// All pairs of a query block and a key block; consecutive ones share the key block, so that workers
// seldom wait for one another.
std::vector<Pair> all_pairs(std::size_t query_blocks, std::size_t key_blocks) {
  std::vector<Pair> pairs;
  pairs.reserve(query_blocks * key_blocks);
  for (std::size_t right = 0; right < key_blocks; ++right) {
    for (std::size_t left = 0; left < query_blocks; ++left) pairs.push_back({left, right});
  }
  return pairs;
}

class SelfJoin {
 public:
  SelfJoin(Matrix rows, std::size_t k) : rows_(rows), ranking_(rows.rows, block_count(rows), k) {}

  void score_pair(Pair pair, Scratch& scratch) {
    const Block left = block_at(rows_, pair.left);
    const Block right = block_at(rows_, pair.right);
    multiply_transposed(rows_of(rows_, left), rows_of(rows_, right), scratch.scores.data());
    if (pair.left == pair.right) {
      const std::scoped_lock lock(ranking_.lock(pair.left));
      offer_tile(left, right, scratch);
    } else {
      const std::scoped_lock lock(ranking_.lock(pair.left), ranking_.lock(pair.right));
      offer_tile(left, right, scratch);
    }
  }

  Ranking& ranking() { return ranking_; }

 private:
  // On the diagonal only what lies above it counts.
  void offer_tile(Block left, Block right, Scratch& scratch) {
    const bool diagonal = left.first == right.first;
    for (std::size_t i = 0; i < left.count; ++i) {
      const std::size_t skip = diagonal ? i + 1 : 0;
      offer_row(left.first + i, {right.first + skip, right.count - skip},
                scratch.scores.data() + i * right.count + skip, scratch.hits.data());
    }
  }

  void offer_row(std::size_t row, Block columns, const float* scores, std::uint32_t* hits) {
    TopK& best = ranking_.best();
    const float* thresholds = best.thresholds();
    const std::size_t found =
        scan(scores, thresholds + columns.first, thresholds[row], columns.count, hits);
    for (std::size_t h = 0; h < found; ++h) {
      const std::size_t column = columns.first + hits[h];
      best.offer(row, scores[hits[h]], narrow(column));
      best.offer(column, scores[hits[h]], narrow(row));
    }
  }

  Matrix rows_;
  Ranking ranking_;
};

class Join {
 public:
  Join(Matrix queries, Matrix keys, std::ptrdiff_t first_self, std::size_t k)
      : queries_(queries),
        keys_(keys),
        first_self_(first_self),
        ranking_(queries.rows, block_count(queries), k) {}

  void score_pair(Pair pair, Scratch& scratch) {
    const Block left = block_at(queries_, pair.left);
    const Block right = block_at(keys_, pair.right);
    multiply_transposed(rows_of(queries_, left), rows_of(keys_, right), scratch.scores.data());
    const std::scoped_lock lock(ranking_.lock(pair.left));
    for (std::size_t i = 0; i < left.count; ++i) {
      offer_row(left.first + i, right, scratch.scores.data() + i * right.count,
                scratch.hits.data());
    }
  }

  Ranking& ranking() { return ranking_; }

 private:
  void offer_row(std::size_t query, Block keys, const float* scores, std::uint32_t* hits) {
    TopK& best = ranking_.best();
    const std::size_t found =
        scan(scores, closed_.data(), best.thresholds()[query], keys.count, hits);
    for (std::size_t h = 0; h < found; ++h) {
      const std::size_t key = keys.first + hits[h];
      if (!is_self(query, key)) best.offer(query, scores[hits[h]], narrow(key));
    }
  }

  [[nodiscard]] bool is_self(std::size_t query, std::size_t key) const {
    return first_self_ >= 0 && key == query + static_cast<std::size_t>(first_self_);
  }

  Matrix queries_;
  Matrix keys_;
  std::ptrdiff_t first_self_;
  Ranking ranking_;
  // Keys collect nothing, so their thresholds let nothing in.
  std::vector<float> closed_ =
      std::vector<float>(kBlockRows, std::numeric_limits<float>::infinity());
};

// Scores all tiles, then writes the results of all rows, both on `threads` threads.
template <typename AnyJoin>
void run_join(AnyJoin& join, const Matrix& rows, const std::vector<Pair>& pairs,
              const Neighbors& out, std::size_t threads, const Watch& watch) {
  use_one_blas_thread();
  std::vector<Scratch> scratch(std::min(thread_count(threads), pairs.size()));
  run_tasks(
      pairs.size(), scratch.size(),
      [&](std::size_t task, std::size_t worker) { join.score_pair(pairs[task], scratch[worker]); },
      watch);
  run_tasks(
      block_count(rows), scratch.size(),
      [&](std::size_t block, std::size_t) { join.ranking().finish(block_at(rows, block), out); },
      [](double) {});
}

}  // namespace

void knn_self_join(Matrix rows, const Neighbors& out, std::size_t threads, const Watch& watch) {
  SelfJoin join(rows, out.k);
  run_join(join, rows, block_pairs(block_count(rows)), out, threads, watch);
}

void knn_join(Matrix queries, Matrix keys, std::ptrdiff_t first_self, const Neighbors& out,
              std::size_t threads, const Watch& watch) {
  Join join(queries, keys, first_self, out.k);
  run_join(join, queries, all_pairs(block_count(queries), block_count(keys)), out, threads, watch);
}

}  // namespace hartonomous
