#include "hartonomous/cpu.hpp"

#include <algorithm>
#include <atomic>

namespace hartonomous {
namespace {

Instructions best_of_processor() {
#if HARTONOMOUS_X86
  const bool wide = __builtin_cpu_supports("avx512f") != 0 &&
                    __builtin_cpu_supports("avx512bw") != 0 &&
                    __builtin_cpu_supports("avx512vl") != 0;
  if (wide && __builtin_cpu_supports("avx512vnni") != 0) return Instructions::vnni;
  if (__builtin_cpu_supports("avx2") != 0) return Instructions::avx2;
#endif
  return Instructions::plain;
}

std::atomic<Instructions> most_allowed{Instructions::vnni};

}  // namespace

Instructions instructions() {
  static const Instructions best = best_of_processor();
  return std::min(best, most_allowed.load());
}

void limit_instructions(Instructions most) { most_allowed = most; }

}  // namespace hartonomous
