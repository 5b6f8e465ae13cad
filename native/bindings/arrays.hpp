// What the bindings share: borrowed arrays, checked before native code sees them.
#pragma once

#include <pybind11/numpy.h>

#include "hartonomous/adjacency.hpp"
#include "hartonomous/matrix.hpp"
#include "hartonomous/workers.hpp"

namespace hartonomous {

template <typename Number>
using Array = pybind11::array_t<Number, pybind11::array::c_style>;

// Raises unless the array is a matrix.
Matrix matrix_of(const Array<float>& array);

// Raises unless the arrays are a graph: starts ascend from 0 to the number of neighbours, and these
// are rows.
Graph graph_of(const Array<std::int64_t>& starts, const Array<std::int32_t>& neighbors,
               const Array<double>& weights);

// Lets Ctrl-C stop the work, and tells Python how far it is; `progress` has to outlive it.
Watch watch_from(const pybind11::object& progress);

}  // namespace hartonomous
