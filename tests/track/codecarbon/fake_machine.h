// FakeMachine: a folder with the files of /proc and /sys that energy is measured from.
//   FakeMachine machine;
//   machine.add_domain("intel-rapl/intel-rapl:0", "package-0", 1'000'000);
//   machine.busy(50);   // the next reading finds a load of 50 %
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fakes/temporary_folder.h"

namespace baton::fakes {

class FakeMachine {
 public:
  FakeMachine() {
    write("proc/cpuinfo", "processor : 0\nmodel name : AMD EPYC 7742 64-Core Processor\nphysical id : 0\n");
    write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:   12582912 kB\nCached: 5 kB\n");
    write_stat();
    process_cpu(0);
    write("proc/self/statm", "9999 1048576 77 0 0 0 0\n");
  }

  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path powercap() const { return root() / "sys/class/powercap"; }

  void write(const std::filesystem::path& file, const std::string& text) const {
    std::filesystem::create_directories((root() / file).parent_path());
    std::ofstream(root() / file) << text;
  }

  /// A RAPL domain in a folder below powercap().
  void add_domain(const std::string& folder, const std::string& name, std::uint64_t energy_uj,
                  std::uint64_t range_uj = 262'143'328'850) const {
    write(powercap() / folder / "name", name + "\n");
    write(powercap() / folder / "max_energy_range_uj", std::to_string(range_uj) + "\n");
    set_energy(folder, energy_uj);
  }
  void set_energy(const std::string& folder, std::uint64_t energy_uj) const {
    write(powercap() / folder / "energy_uj", std::to_string(energy_uj) + "\n");
  }
  /// A file that is there but cannot be read, by root neither.
  void break_energy(const std::string& folder) const {
    std::filesystem::remove(powercap() / folder / "energy_uj");
    std::filesystem::create_directory(powercap() / folder / "energy_uj");
  }
  void mend_energy(const std::string& folder) const { std::filesystem::remove(powercap() / folder / "energy_uj"); }

  /// Of the next 100 ticks so many are busy. There are two threads.
  void busy(int percent) {
    busy_ += percent;
    idle_ += 100 - percent;
    write_stat();
  }

  /// This process used so many ticks so far, a hundredth of a second each.
  void process_cpu(int ticks) const {
    write("proc/self/stat", "77 (a (strange) name) S 1 2 3 4 -1 5 6 7 8 9 " + std::to_string(ticks) + " 0 0 0 20 0\n");
  }

 private:
  void write_stat() const {
    const std::string times = std::to_string(busy_) + " 0 0 " + std::to_string(idle_) + " 0 0 0 0 0 0\n";
    write("proc/stat", "cpu  " + times + "cpu0 " + times + "cpu1 " + times + "intr 1 2 3\n");
  }

  TemporaryFolder folder_;
  int busy_ = 1000;
  int idle_ = 5000;
};

}  // namespace baton::fakes
