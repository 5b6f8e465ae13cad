#include "hartonomous/hnsw.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "hartonomous/code_tile.hpp"
#include "hartonomous/dot.hpp"
#include "hartonomous/rank.hpp"
#include "hartonomous/team.hpp"

namespace hartonomous {
namespace {

constexpr std::size_t kRowsATask = 256;
constexpr std::size_t kQueriesATask = 16;

// Runs body(i, worker) for every i.
template <typename Body>
void for_each(std::size_t count, std::size_t grain, std::size_t threads, const Watch& watch,
              const Body& body) {
  run_tasks((count + grain - 1) / grain, threads,
            [&](std::size_t task, std::size_t worker) {
              const std::size_t last = std::min(count, (task + 1) * grain);
              for (std::size_t i = task * grain; i < last; ++i) body(i, worker);
            },
            watch);
}

// Bytes of a row of codes that are asked for before they are read; the processor goes on by itself.
constexpr std::size_t kFetched = 512;
constexpr std::size_t kCacheLine = 64;

void fetch(const std::uint8_t* codes, std::size_t width) {
  for (std::size_t t = 0; t < std::min(width, kFetched); t += kCacheLine) {
    __builtin_prefetch(codes + t);
  }
}

using Lists = std::vector<std::vector<std::uint32_t>>;

Codes encoded(Matrix rows, std::size_t threads) {
  Team team(threads);
  return encode(rows, team);
}

// Who lists whom, the other way round; ascending.
Lists reversed(const Lists& forward, const std::vector<std::uint32_t>& ids) {
  Lists reverse(forward.size());
  for (std::size_t i = 0; i < forward.size(); ++i) {
    for (const std::uint32_t row : forward[i]) {
      const auto place = std::lower_bound(ids.begin(), ids.end(), row) - ids.begin();
      reverse[static_cast<std::size_t>(place)].push_back(ids[i]);
    }
  }
  return reverse;
}

}  // namespace

// Rows that are scored with one row of codes at once.
struct Hnsw::Batch {
  std::vector<std::uint32_t> rows;
  std::vector<const std::uint8_t*> pointers;
  std::vector<float> scores;

  void score(const std::uint8_t* query, const Codes& codes) {
    pointers.resize(rows.size());
    scores.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) pointers[i] = codes.row(rows[i]);
    score_rows(query, pointers.data(), rows.size(), codes.width(), scores.data());
  }

  // Scores of the rows, as ranks.
  std::vector<std::uint64_t> ranks(const std::uint8_t* query, const Codes& codes) {
    score(query, codes);
    std::vector<std::uint64_t> out(rows.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = rank_of(scores[i], rows[i]);
    return out;
  }
};

// What one walk needs; kept between the queries of a worker.
struct Hnsw::Walk {
  Batch batch;
  std::vector<std::uint32_t> seen;  // rows marked with the number of the walk
  std::uint32_t walks = 0;
  std::vector<std::uint64_t> open;     // a heap with the best on top
  std::vector<std::uint64_t> nearest;  // a heap with the worst of the best on top
};

Hnsw::Hnsw(Matrix rows, const std::vector<ListedLayer>& layers, std::size_t m, std::size_t threads,
           const Watch& watch)
    : rows_(rows), codes_(encoded(rows, thread_count(threads))) {
  for (const ListedLayer& layer : layers) {
    add_layer(layer, layers_.empty() ? 2 * m : m, thread_count(threads), watch);
  }
}

// By codes, which walks and lists go by.
std::uint64_t Hnsw::ranked(const std::uint8_t* query, std::uint32_t row) const {
  const std::uint8_t* codes = codes_.row(row);
  float score = 0;
  score_rows(query, &codes, 1, codes_.width(), &score);
  return rank_of(score, row);
}

// By the rows themselves, which results go by.
std::uint64_t Hnsw::ranked(const float* query, std::uint32_t row) const {
  return rank_of(dot(query, rows_.row(row), rows_.columns), row);
}

void Hnsw::add_layer(const ListedLayer& listed, std::size_t most, std::size_t threads,
                     const Watch& watch) {
  const std::size_t count = listed.ids.size();
  Lists forward(count);
  std::vector<Batch> batches(threads);
  for_each(count, kRowsATask, threads, watch, [&](std::size_t i, std::size_t worker) {
    Batch& batch = batches[worker];
    batch.rows.clear();
    for (std::size_t j = 0; j < listed.width; ++j) {
      const auto place = static_cast<std::size_t>(listed.lists[i * listed.width + j]);
      batch.rows.push_back(listed.ids[place]);
    }
    forward[i] = chosen(listed.ids[i], most, batch);
  });
  const Lists reverse = reversed(forward, listed.ids);
  Lists both(count);
  for_each(count, kRowsATask, threads, watch, [&](std::size_t i, std::size_t worker) {
    std::vector<std::uint32_t>& all = batches[worker].rows;
    all = forward[i];
    all.insert(all.end(), reverse[i].begin(), reverse[i].end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    both[i] = chosen(listed.ids[i], most, batches[worker]);
  });
  Layer layer;
  if (!layers_.empty()) layer.ids = listed.ids;
  layer.starts.push_back(0);
  for (const auto& neighbors : both) {
    layer.neighbors.insert(layer.neighbors.end(), neighbors.begin(), neighbors.end());
    layer.starts.push_back(layer.neighbors.size());
  }
  layers_.push_back(std::move(layer));
}

// Malkov and Yashunin's heuristic (algorithm 4): of the best first, those nearer to the row than to
// any chosen before, so that edges lead in all directions; then the best of the others.
std::vector<std::uint32_t> Hnsw::chosen(std::uint32_t row, std::size_t most, Batch& batch) const {
  std::vector<std::uint64_t> ranks = batch.ranks(codes_.row(row), codes_);
  std::sort(ranks.begin(), ranks.end(), std::greater<>());
  std::vector<std::uint32_t>& kept = batch.rows;
  kept.clear();
  std::vector<std::uint32_t> left;
  for (const std::uint64_t rank : ranks) {
    const std::uint32_t candidate = index_of(rank);
    if (candidate == row) continue;
    if (kept.size() == most) break;
    batch.score(codes_.row(candidate), codes_);
    const bool leads_on = std::all_of(batch.scores.begin(), batch.scores.end(),
                                      [&](float score) { return score < score_of(rank); });
    (leads_on ? kept : left).push_back(candidate);
  }
  for (std::size_t i = 0; i < left.size() && kept.size() < most; ++i) kept.push_back(left[i]);
  return kept;
}

// The best row of the second lowest layer that steps to better neighbours lead to.
std::uint32_t Hnsw::descend(const std::uint8_t* query) const {
  if (layers_.size() < 2) return 0;
  std::uint64_t best = ranked(query, layers_.back().ids.front());
  for (std::size_t l = layers_.size() - 1; l > 0; --l) {
    const Layer& layer = layers_[l];
    for (bool moved = true; moved;) {
      moved = false;
      const auto place = static_cast<std::size_t>(
          std::lower_bound(layer.ids.begin(), layer.ids.end(), index_of(best)) - layer.ids.begin());
      for (std::size_t e = layer.starts[place]; e < layer.starts[place + 1]; ++e) {
        const std::uint64_t rank = ranked(query, layer.neighbors[e]);
        moved = moved || rank > best;
        best = std::max(best, rank);
      }
    }
  }
  return index_of(best);
}

// Best first through the lowest layer, until nothing open is better than the worst of the `ef`
// best.
void Hnsw::walk(const std::uint8_t* query, std::size_t ef, std::uint32_t start, Walk& walk) const {
  const Layer& layer = layers_.front();
  walk.seen.resize(rows_.rows, 0);
  const std::uint32_t mark = ++walk.walks;
  walk.open.assign(1, ranked(query, start));
  walk.nearest = walk.open;
  walk.seen[start] = mark;
  while (!walk.open.empty()) {
    std::pop_heap(walk.open.begin(), walk.open.end());
    const std::uint64_t here = walk.open.back();
    walk.open.pop_back();
    if (walk.nearest.size() == ef && here < walk.nearest.front()) break;
    walk.batch.rows.clear();
    for (std::size_t e = layer.starts[index_of(here)]; e < layer.starts[index_of(here) + 1U]; ++e) {
      const std::uint32_t next = layer.neighbors[e];
      if (walk.seen[next] == mark) continue;
      walk.seen[next] = mark;
      walk.batch.rows.push_back(next);
      fetch(codes_.row(next), codes_.width());
    }
    for (const std::uint64_t rank : walk.batch.ranks(query, codes_)) {
      if (walk.nearest.size() == ef && rank < walk.nearest.front()) continue;
      walk.open.push_back(rank);
      std::push_heap(walk.open.begin(), walk.open.end());
      walk.nearest.push_back(rank);
      std::push_heap(walk.nearest.begin(), walk.nearest.end(), std::greater<>());
      if (walk.nearest.size() > ef) {
        std::pop_heap(walk.nearest.begin(), walk.nearest.end(), std::greater<>());
        walk.nearest.pop_back();
      }
    }
  }
}

void Hnsw::find(const float* query, std::size_t ef, std::ptrdiff_t self, std::size_t line,
                const Neighbors& out, Walk& state) const {
  const auto is_self = [&](std::uint64_t rank) {
    return self >= 0 && index_of(rank) == static_cast<std::uint32_t>(self);
  };
  const Codes codes = encode_singly({query, 1, rows_.columns});
  walk(codes.row(0), self >= 0 ? ef + 1 : ef, descend(codes.row(0)), state);
  std::vector<std::uint64_t>& found = state.nearest;
  found.erase(std::remove_if(found.begin(), found.end(), is_self), found.end());
  for (std::uint64_t& rank : found) rank = ranked(query, index_of(rank));
  if (found.size() < out.k) {
    found.clear();
    for (std::uint32_t row = 0; row < rows_.rows; ++row) {
      const std::uint64_t rank = ranked(query, row);
      if (!is_self(rank)) found.push_back(rank);
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  for (std::size_t j = 0; j < out.k; ++j) {
    out.indices[line * out.k + j] = static_cast<std::int32_t>(index_of(found[j]));
    out.scores[line * out.k + j] = score_of(found[j]);
  }
}

void Hnsw::search(Matrix queries, std::size_t ef, std::ptrdiff_t first_self, const Neighbors& out,
                  std::size_t threads, const Watch& watch) const {
  const std::size_t tasks = (queries.rows + kQueriesATask - 1) / kQueriesATask;
  std::vector<Walk> walks(std::max<std::size_t>(1, std::min(thread_count(threads), tasks)));
  const auto find_one = [&](std::size_t i, std::size_t worker) {
    const std::ptrdiff_t self =
        first_self < 0 ? first_self : first_self + static_cast<std::ptrdiff_t>(i);
    find(queries.row(i), ef, self, i, out, walks[worker]);
  };
  if (tasks == 1) {  // a query or a few: starting a thread would take longer than they do
    for (std::size_t i = 0; i < queries.rows; ++i) find_one(i, 0);
  } else {
    for_each(queries.rows, kQueriesATask, walks.size(), watch, find_one);
  }
}

}  // namespace hartonomous
