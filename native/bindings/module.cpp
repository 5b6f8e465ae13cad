#include "register.hpp"

PYBIND11_MODULE(_native, module) {
  module.doc() = "Native core: hashing, kNN joins and graphs. Typed in _native.pyi.";
  hartonomous::register_hashing(module);
  hartonomous::register_knn(module);
  hartonomous::register_graph(module);
  hartonomous::register_blocks(module);
  hartonomous::register_hnsw(module);
}
