#include <atomic>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "hartonomous/team.hpp"

using hartonomous::Team;

TEST(every_task_of_every_step_is_done_once) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    Team team(threads);
    std::vector<int> done(100);
    for (int step = 0; step < 50; ++step) {
      team.run(done.size(), [&](std::size_t task, std::size_t) { ++done[task]; });
    }
    CHECK(done == std::vector<int>(100, 50));
  }
}

TEST(a_worker_runs_one_task_at_a_time) {
  Team team(4);
  std::vector<int> inside(team.size());
  std::atomic<int> wrong{0};
  team.run(1000, [&](std::size_t, std::size_t worker) {
    if (++inside[worker] != 1) ++wrong;
    --inside[worker];
  });
  CHECK(wrong == 0);
}

TEST(what_a_task_throws_comes_to_the_caller_and_the_team_goes_on) {
  Team team(3);
  bool caught = false;
  try {
    team.run(100, [](std::size_t task, std::size_t) {
      if (task == 7) throw std::runtime_error("seven");
    });
  } catch (const std::runtime_error&) {
    caught = true;
  }
  CHECK(caught);
  std::atomic<int> done{0};
  team.run(10, [&](std::size_t, std::size_t) { ++done; });
  CHECK(done == 10);
}

TEST(nobody_asks_for_endless_threads) {
  const Team team(1000000);
  CHECK(team.size() == hartonomous::kMostThreads);
}
