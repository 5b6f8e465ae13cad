#pragma once

#include <pybind11/pybind11.h>

namespace hartonomous {

void register_hashing(pybind11::module_& module);
void register_knn(pybind11::module_& module);
void register_graph(pybind11::module_& module);
void register_blocks(pybind11::module_& module);
void register_hnsw(pybind11::module_& module);

}  // namespace hartonomous
