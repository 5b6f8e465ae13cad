#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "check.hpp"
#include "hartonomous/block_join.hpp"
#include "hartonomous/code_tile.hpp"
#include "hartonomous/cpu.hpp"
#include "hartonomous/dot.hpp"
#include "hartonomous/hnsw.hpp"

using namespace hartonomous;

namespace {

void ignore(double) {}

std::vector<float> random_rows(std::size_t rows, std::size_t columns) {
  std::mt19937 random(11);
  std::normal_distribution<float> values;
  std::vector<float> numbers(rows * columns);
  for (float& number : numbers) number = values(random);
  return numbers;
}

Codes random_codes(std::size_t rows, std::size_t width) {
  std::mt19937 random(5);
  std::uniform_int_distribution<int> values(-kLargestCode, kLargestCode);
  Codes codes(rows, width);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < width; ++c) {
      codes.row(i)[c] = static_cast<std::uint8_t>(values(random) + kCodeOffset);
    }
  }
  return codes;
}

float by_definition(const Codes& codes, std::size_t a, std::size_t b) {
  int sum = 0;
  for (std::size_t c = 0; c < codes.width(); ++c) {
    sum += (codes.row(a)[c] - kCodeOffset) * (codes.row(b)[c] - kCodeOffset);
  }
  return static_cast<float>(sum);
}

// Calls body with each of this machine's instruction sets.
template <typename Body>
void with_all_instructions(const Body& body) {
  for (const Instructions most : {Instructions::plain, Instructions::avx2, Instructions::vnni}) {
    limit_instructions(most);
    body();
  }
  limit_instructions(Instructions::vnni);
}

struct Lists {
  std::vector<std::int32_t> indices;
  std::vector<float> scores;

  Lists(std::size_t rows, std::size_t k) : indices(rows * k), scores(rows * k) {}
  bool operator==(const Lists& other) const {
    return indices == other.indices && scores == other.scores;
  }
};

Lists join(const std::vector<float>& numbers, std::size_t columns, std::size_t k,
           std::size_t threads) {
  const Matrix rows{numbers.data(), numbers.size() / columns, columns};
  BlockJoin blocks(rows, {k + 5, 12, true}, threads);
  blocks.probe(2, ignore);
  blocks.probe(4, ignore);
  std::vector<std::uint32_t> all(rows.rows);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
  Lists found(rows.rows, k);
  blocks.lists(all, {found.indices.data(), found.scores.data(), k}, ignore);
  return found;
}

}  // namespace

TEST(tiles_of_codes_are_exact_with_every_instruction_set) {
  for (const std::size_t width : {64U, 192U, 4224U}) {
    const Codes codes = random_codes(45, width);
    std::vector<const std::uint8_t*> pointers;
    for (std::size_t i = 0; i < codes.rows(); ++i) pointers.push_back(codes.row(i));
    Panels panels;
    panels.pack(pointers.data(), pointers.size(), width);
    with_all_instructions([&] {
      std::vector<float> tile(kTileRows * panels.stride());
      score_tile(pointers.data(), panels, tile.data());
      std::vector<float> line(codes.rows());
      score_rows(codes.row(3), pointers.data(), codes.rows(), width, line.data());
      for (std::size_t j = 0; j < codes.rows(); ++j) {
        CHECK(tile[3 * panels.stride() + j] == by_definition(codes, 3, j));
        CHECK(line[j] == by_definition(codes, 3, j));
      }
    });
  }
}

TEST(the_largest_codes_do_not_overflow) {
  Codes codes(2, kWidestCodes);
  for (std::size_t c = 0; c < codes.width(); ++c) {
    codes.row(0)[c] = codes.row(1)[c] = kCodeOffset + kLargestCode;
  }
  const std::uint8_t* pointers[] = {codes.row(0)};
  with_all_instructions([&] {
    float score = 0;
    score_rows(codes.row(1), pointers, 1, codes.width(), &score);
    CHECK(score == by_definition(codes, 0, 1));
  });
}

TEST(inner_products_have_one_order_of_summation) {
  for (const std::size_t count : {1U, 15U, 64U, 100U, 1000U}) {
    const std::vector<float> numbers = random_rows(2, count);
    const float expected = dot(numbers.data(), numbers.data() + count, count);
    with_all_instructions(
        [&] { CHECK(dot(numbers.data(), numbers.data() + count, count) == expected); });
  }
}

TEST(threads_do_not_change_the_lists_of_blocks) {
  const std::vector<float> numbers = random_rows(1200, 40);
  const Lists alone = join(numbers, 40, 15, 1);
  for (const std::size_t threads : {2U, 3U, 8U}) CHECK(join(numbers, 40, 15, threads) == alone);
}

TEST(what_the_watch_throws_stops_a_probe) {
  const std::vector<float> numbers = random_rows(30000, 64);
  BlockJoin blocks({numbers.data(), 30000, 64}, {10, 1, false}, 2);
  bool stopped = false;
  try {
    blocks.probe(1, [](double) { throw 7; });
  } catch (int) {
    stopped = true;
  }
  CHECK(stopped);
}

TEST(threads_do_not_change_what_walks_find) {
  constexpr std::size_t kRows = 800;
  constexpr std::size_t kColumns = 24;
  const std::vector<float> numbers = random_rows(kRows, kColumns);
  const Matrix rows{numbers.data(), kRows, kColumns};
  const Lists lists = join(numbers, kColumns, 20, 2);
  ListedLayer lowest{{}, lists.indices.data(), 20};
  for (std::uint32_t i = 0; i < kRows; ++i) lowest.ids.push_back(i);
  const auto found = [&](std::size_t threads) {
    const Hnsw index(rows, {lowest}, 8, threads, ignore);
    Lists out(kRows, 5);
    index.search(rows, 40, 0, {out.indices.data(), out.scores.data(), 5}, threads, ignore);
    return out;
  };
  const Lists alone = found(1);
  for (const std::size_t threads : {2U, 3U}) CHECK(found(threads) == alone);
  for (std::size_t i = 0; i < kRows; ++i) {
    CHECK(std::count(alone.indices.begin() + static_cast<std::ptrdiff_t>(5 * i),
                     alone.indices.begin() + static_cast<std::ptrdiff_t>(5 * i + 5),
                     static_cast<std::int32_t>(i)) == 0);
  }
}
