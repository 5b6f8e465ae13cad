#include "check.hpp"

#include <cstdio>
#include <utility>
#include <vector>

namespace check {
namespace {

std::vector<std::pair<const char*, Test>>& tests() {
  static std::vector<std::pair<const char*, Test>> all;
  return all;
}

int failures = 0;

}  // namespace

Register::Register(const char* name, Test test) { tests().emplace_back(name, test); }

void expect(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  ++failures;
  std::printf("%s:%d: %s\n", file, line, what);
}

int run() {
  int failed = 0;
  for (const auto& [name, test] : tests()) {
    failures = 0;
    test();
    std::printf("%s %s\n", failures == 0 ? "passed" : "FAILED", name);
    if (failures > 0) ++failed;
  }
  std::printf("%zu passed, %d failed\n", tests().size() - static_cast<std::size_t>(failed), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace check

int main() { return check::run(); }
