#include "hartonomous/rank.hpp"

#include <algorithm>
#include <functional>

namespace hartonomous {
namespace {

constexpr std::size_t kSortedAtOnce = 8;
constexpr std::size_t kSelectedByLibrary = 4096;  // where its guard against bad pivots pays

std::uint64_t median(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// Moves what is over the pivot to the front and returns how much that is. There is no branch on the
// values: they are random, and to mispredict them would take most of the time.
std::size_t partition_over(std::uint64_t* first, std::size_t count, std::uint64_t pivot) {
  std::size_t over = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t rank = first[i];
    first[i] = first[over];
    first[over] = rank;
    over += rank > pivot ? 1 : 0;
  }
  return over;
}

}  // namespace

void select_greatest(std::uint64_t* first, std::size_t nth, std::size_t count) {
  while (count > kSortedAtOnce && count < kSelectedByLibrary) {
    const std::uint64_t pivot = median(first[0], first[count / 2], first[count - 1]);
    const std::size_t over = partition_over(first, count, pivot);
    if (nth < over) {
      count = over;
    } else {
      first += over;
      nth -= over;
      count -= over;
    }
  }
  std::nth_element(first, first + nth, first + count, std::greater<>());
}

}  // namespace hartonomous
