#include <baton/track/run.h>

#include <iostream>

int main(int, char** argv) {
  baton::track::Run run({.output_dir = argv[1], .report_to = {"tensorboard"}});
  for (int step = 1; step <= 3; ++step) run.log({{"height", 9.81 * step * step / 2}}, step);
  run.finish();
  std::cout << "tracked 3 records\n";
}
