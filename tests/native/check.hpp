// A test is a named function; CHECK counts and reports what does not hold.
#pragma once

namespace check {

using Test = void (*)();

struct Register {
  Register(const char* name, Test test);
};

void expect(bool holds, const char* what, const char* file, int line);

}  // namespace check

#define TEST(name)                                           \
  static void name();                                        \
  static const check::Register register_##name(#name, name); \
  static void name()

#define CHECK(...) check::expect((__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)
