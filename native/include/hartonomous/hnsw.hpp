// Hierarchical navigable small worlds (Malkov and Yashunin 2018) made from neighbour lists that are
// known already: each row chooses among its list, so threads cannot change the graph. Rows are
// chosen and walked by their codes, a quarter of the memory, and what a walk finds is scored
// exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "hartonomous/codes.hpp"
#include "hartonomous/knn.hpp"
#include "hartonomous/matrix.hpp"

namespace hartonomous {

// Rows of one layer, ascending, and a list of near ones of each: `width` places in `ids`, best
// first. The lowest layer holds all rows.
struct ListedLayer {
  std::vector<std::uint32_t> ids;
  const std::int32_t* lists;
  std::size_t width;
};

class Hnsw {
 public:
  // Borrows the rows, not the lists. Rows keep up to 2 m neighbours in the lowest layer and m in
  // the others.
  Hnsw(Matrix rows, const std::vector<ListedLayer>& layers, std::size_t m, std::size_t threads,
       const Watch& watch);

  // For each query the k rows of greatest inner product among `ef` that a walk by codes finds,
  // query i never row first_self + i if that is at least 0. A query whose walk finds too few is
  // compared with all rows. Needs 1 <= k <= ef.
  void search(Matrix queries, std::size_t ef, std::ptrdiff_t first_self, const Neighbors& out,
              std::size_t threads, const Watch& watch) const;

 private:
  struct Layer {
    std::vector<std::uint32_t> ids;  // empty in the lowest layer: all rows
    std::vector<std::size_t> starts;
    std::vector<std::uint32_t> neighbors;  // rows
  };
  struct Batch;
  struct Walk;

  void add_layer(const ListedLayer& listed, std::size_t most, std::size_t threads,
                 const Watch& watch);
  [[nodiscard]] std::vector<std::uint32_t> chosen(std::uint32_t row, std::size_t most,
                                                  Batch& batch) const;
  [[nodiscard]] std::uint64_t ranked(const std::uint8_t* query, std::uint32_t row) const;
  [[nodiscard]] std::uint64_t ranked(const float* query, std::uint32_t row) const;
  [[nodiscard]] std::uint32_t descend(const std::uint8_t* query) const;
  void walk(const std::uint8_t* query, std::size_t ef, std::uint32_t start, Walk& walk) const;
  void find(const float* query, std::size_t ef, std::ptrdiff_t self, std::size_t line,
            const Neighbors& out, Walk& walk) const;

  Matrix rows_;
  Codes codes_;
  std::vector<Layer> layers_;  // the lowest first
};

}  // namespace hartonomous
