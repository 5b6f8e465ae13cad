#include "register.hpp"

PYBIND11_MODULE(_native, module) {
  module.doc() = "Native core: hashing and exact kNN joins. Typed in _native.pyi.";
  hartonomous::register_hashing(module);
  hartonomous::register_knn(module);
}
