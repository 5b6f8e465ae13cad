// Which instruction sets kernels use. Kernels of one function give the same bits, so the choice
// changes nothing but the time.
#pragma once

#define HARTONOMOUS_INLINE __attribute__((always_inline)) inline
#if defined(__x86_64__)
#define HARTONOMOUS_X86 1
#define HARTONOMOUS_AVX2 __attribute__((target("avx2")))
#define HARTONOMOUS_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#else
#define HARTONOMOUS_X86 0
#endif

namespace hartonomous {

enum class Instructions { plain, avx2, vnni };

// What kernels may use: the best that this processor has, unless limited.
Instructions instructions();

// Takes no better than `most` from now on; for tests that compare kernels.
void limit_instructions(Instructions most);

}  // namespace hartonomous
