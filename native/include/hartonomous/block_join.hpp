// An approximate self-join of a whole matrix by blocks: rows are grouped, and each row is scored
// with the members of the groups nearest to it, group by group as dense tiles of codes (inverted
// lists: Jégou, Douze and Schmid 2011; divide, join and propagate: Wang et al. 2012).
//
// Which pairs are scored, and how high, are integers: any number of threads and any instruction set
// give the same lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hartonomous/clusters.hpp"
#include "hartonomous/code_tile.hpp"
#include "hartonomous/codes.hpp"
#include "hartonomous/knn.hpp"
#include "hartonomous/shared_top_k.hpp"

namespace hartonomous {

struct BlockSettings {
  std::size_t keep;  // best codes of each row that are scored exactly in the end
  std::size_t clusters;
  bool expand;  // whether neighbours of neighbours are looked at, once
};

class BlockJoin {
 public:
  // Borrows the rows. Needs 1 <= keep < rows and 1 <= clusters <= min(rows, kMostClusters).
  BlockJoin(Matrix rows, const BlockSettings& settings, std::size_t threads);

  // Scores each row with the members of its `probes` nearest clusters, at most all of them; what
  // was scored before stays.
  void probe(std::size_t probes, const Watch& watch);

  // The k <= keep nearest others of the given rows, by exact scores, into one line of `out` each.
  void lists(const std::vector<std::uint32_t>& rows, const Neighbors& out, const Watch& watch);

 private:
  using Ids = std::vector<std::uint32_t>;

  // Members of a cluster beside rows that probe it, or beside members themselves.
  struct Tile {
    std::size_t cluster;
    const std::uint32_t* members;
    std::size_t member_count;
    const std::uint32_t* probers;
    std::size_t prober_count;
    enum class Kind { diagonal, members_only, probing } kind;
  };

  struct Scratch {
    Panels panels;
    std::vector<const std::uint8_t*> pointers;
    std::vector<float> thresholds;
    std::vector<float> scores;
    std::vector<std::uint32_t> hits;
    Ids candidates;
    std::vector<std::uint32_t> seen;  // rows marked with the number of the list that saw them
    std::uint32_t lists = 0;
  };

  // Ids by cluster: those of cluster c lie at starts[c] to starts[c + 1].
  struct Grouped {
    std::vector<std::size_t> starts;
    Ids ids;
  };

  [[nodiscard]] const std::uint16_t* probes_of(std::size_t row) const {
    return nearest_.data() + row * probes_;
  }
  [[nodiscard]] std::uint16_t own(std::size_t row) const { return *probes_of(row); }
  [[nodiscard]] std::size_t place_of(std::size_t row, std::uint16_t cluster) const;
  [[nodiscard]] Grouped group(std::size_t first_probe, std::size_t last_probe) const;
  [[nodiscard]] bool is_taken(std::uint32_t member, std::uint32_t prober,
                              std::size_t cluster) const;
  [[nodiscard]] bool is_reached(std::uint32_t a, std::uint32_t b) const;

  void score(const std::vector<Tile>& tiles, const Watch& watch);
  void score_tile_of(const Tile& tile, Scratch& scratch);
  void offer_line(const Tile& tile, std::uint32_t row, std::size_t skip, const float* scores,
                  Scratch& scratch);
  void freeze();
  void add_reverse(const std::vector<std::uint64_t>& forward);
  void expand(std::uint32_t row, std::vector<std::uint64_t>& ranks, Scratch& scratch) const;
  void add_all(std::uint32_t row, std::vector<std::uint64_t>& ranks, Scratch& scratch) const;
  void add_scored(std::uint32_t row, std::vector<std::uint64_t>& ranks, Scratch& scratch) const;
  void write_list(std::uint32_t row, std::size_t line, const Neighbors& out,
                  Scratch& scratch) const;

  Matrix rows_;
  BlockSettings settings_;
  std::size_t threads_;
  Codes codes_;
  Codes centres_;
  SharedTopK best_;
  std::vector<std::uint16_t> nearest_;  // rows x probes_, nearest first
  std::size_t probes_ = 0;
  std::size_t before_ = 0;  // probes of the call before
  Grouped members_;
  std::vector<std::size_t> around_starts_;  // a frozen graph of near rows, both ways
  Ids around_;
};

}  // namespace hartonomous
