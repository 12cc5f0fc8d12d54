#include <baton/track/run.h>

#include <exception>
#include <iostream>

/// Usage: track_program FOLDER TRACKER
int main(int, char** argv) try {
  baton::track::Run run({.output_dir = argv[1], .report_to = {argv[2]}});
  for (int step = 1; step <= 3; ++step) run.log({{"height", 9.81 * step * step / 2}}, step);
  run.finish();
  std::cout << "tracked 3 records\n";
} catch (const std::exception& error) {
  std::cout << error.what() << '\n';
}
