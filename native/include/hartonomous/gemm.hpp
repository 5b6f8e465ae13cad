#pragma once

#include <cstddef>

#include "hartonomous/matrix.hpp"

namespace hartonomous {

// Makes every multiplication run on the thread that asks for it; parallelism is over tiles.
void use_one_blas_thread();

// out (a.rows, b.rows) = a b^T, row-major.
void multiply_transposed(Matrix a, Matrix b, float* out);

}  // namespace hartonomous
