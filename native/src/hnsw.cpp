#include "hartonomous/hnsw.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

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

using Lists = std::vector<std::vector<std::uint32_t>>;

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

// What one walk needs; kept between the queries of a worker.
struct Hnsw::Walk {
  std::vector<std::uint32_t> seen;  // rows marked with the number of the walk
  std::uint32_t walks = 0;
  std::vector<std::uint64_t> open;     // a heap with the best on top
  std::vector<std::uint64_t> nearest;  // a heap with the worst of the best on top
};

Hnsw::Hnsw(Matrix rows, const std::vector<ListedLayer>& layers, std::size_t m, std::size_t threads,
           const Watch& watch)
    : rows_(rows) {
  for (const ListedLayer& layer : layers) {
    add_layer(layer, layers_.empty() ? 2 * m : m, thread_count(threads), watch);
  }
}

std::uint64_t Hnsw::ranked(const float* query, std::uint32_t row) const {
  return rank_of(dot(query, rows_.row(row), rows_.columns), row);
}

void Hnsw::add_layer(const ListedLayer& listed, std::size_t most, std::size_t threads,
                     const Watch& watch) {
  const std::size_t count = listed.ids.size();
  Lists forward(count);
  for_each(count, kRowsATask, threads, watch, [&](std::size_t i, std::size_t) {
    std::vector<std::uint64_t> ranks;
    for (std::size_t j = 0; j < listed.width; ++j) {
      const auto place = static_cast<std::size_t>(listed.lists[i * listed.width + j]);
      ranks.push_back(ranked(rows_.row(listed.ids[i]), listed.ids[place]));
    }
    forward[i] = chosen(listed.ids[i], std::move(ranks), most);
  });
  const Lists reverse = reversed(forward, listed.ids);
  Lists both(count);
  for_each(count, kRowsATask, threads, watch, [&](std::size_t i, std::size_t) {
    std::vector<std::uint32_t> all = forward[i];
    all.insert(all.end(), reverse[i].begin(), reverse[i].end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::vector<std::uint64_t> ranks;
    for (const std::uint32_t row : all) ranks.push_back(ranked(rows_.row(listed.ids[i]), row));
    both[i] = chosen(listed.ids[i], std::move(ranks), most);
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
std::vector<std::uint32_t> Hnsw::chosen(std::uint32_t row, std::vector<std::uint64_t> ranks,
                                        std::size_t most) const {
  std::sort(ranks.begin(), ranks.end(), std::greater<>());
  std::vector<std::uint32_t> kept;
  std::vector<std::uint32_t> left;
  for (const std::uint64_t rank : ranks) {
    const std::uint32_t candidate = index_of(rank);
    if (candidate == row) continue;
    if (kept.size() == most) break;
    const bool leads_on = std::all_of(kept.begin(), kept.end(), [&](std::uint32_t other) {
      return dot(rows_.row(candidate), rows_.row(other), rows_.columns) < score_of(rank);
    });
    (leads_on ? kept : left).push_back(candidate);
  }
  for (std::size_t i = 0; i < left.size() && kept.size() < most; ++i) kept.push_back(left[i]);
  return kept;
}

// The best row of the second lowest layer that steps to better neighbours lead to.
std::uint32_t Hnsw::descend(const float* query) const {
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
void Hnsw::walk(const float* query, std::size_t ef, std::uint32_t start, Walk& walk) const {
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
    for (std::size_t e = layer.starts[index_of(here)]; e < layer.starts[index_of(here) + 1U]; ++e) {
      const std::uint32_t next = layer.neighbors[e];
      if (walk.seen[next] == mark) continue;
      walk.seen[next] = mark;
      const std::uint64_t rank = ranked(query, next);
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
  walk(query, self >= 0 ? ef + 1 : ef, descend(query), state);
  std::vector<std::uint64_t>& found = state.nearest;
  found.erase(std::remove_if(found.begin(), found.end(), is_self), found.end());
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
