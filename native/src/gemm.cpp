#include "hartonomous/gemm.hpp"

#define BLAS_SYMBOL_PREFIX scipy_
#include <cblas.h>

namespace hartonomous {

void use_one_blas_thread() { scipy_openblas_set_num_threads(1); }

void multiply_transposed(Matrix a, Matrix b, float* out) {
  const auto rows = static_cast<blasint>(a.rows);
  const auto columns = static_cast<blasint>(b.rows);
  const auto depth = static_cast<blasint>(a.columns);
  scipy_cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, depth, 1.0F, a.data,
                    depth, b.data, depth, 0.0F, out, columns);
}

}  // namespace hartonomous
