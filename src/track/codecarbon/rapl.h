// RAPL: the energy counters of Intel's and AMD's processors, under /sys/class/powercap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/track/codecarbon/counter.h"
#include "src/track/codecarbon/energy_source.h"

namespace baton::track::carbon {

/// What is counted by one energy_uj.
struct RaplDomain {
  std::string name;  ///< "package-0", "dram", "psys"; a subdomain's with its parent's: "package-0/dram"
  std::filesystem::path folder;
  std::uint64_t range_uj = 0;  ///< 0: unknown
};

struct RaplOptions {
  bool include_dram = false;  ///< the memory of each package too, where it has a counter
  bool prefer_psys = false;   ///< the whole platform, if it has a counter, in place of the packages
};

struct RaplScan {
  std::vector<RaplDomain> domains;  ///< to be added up, in the order of their names
  std::filesystem::path forbidden;  ///< a counter that this user may not read; empty: none
};

/// The packages; without any, the platform; without that, whatever there is. A domain that lies there twice, behind
/// MSR and MMIO, counts once. `powercap` is /sys/class/powercap or what stands for it in a test.
RaplScan scan_rapl(const std::filesystem::path& powercap, const RaplOptions& options);

/// Counters of several domains that go in step to the joule show one and the same meter, which processors with more
/// than one die do: only the first of them counts (codecarbon issue 1274).
class RaplSource final : public EnergySource {
 public:
  explicit RaplSource(std::vector<RaplDomain> domains);

  void begin() override;
  double joules(double seconds) override;
  std::string problem() const override;

 private:
  struct Meter {
    RaplDomain domain;
    Counter counter;
    std::uint64_t total = 0;          ///< counted since begin()
    std::optional<std::size_t> twin;  ///< the meter that it may mirror; while that is open it counts for nothing
    bool is_mirror = false;
  };

  void find_twins();
  std::uint64_t counted(Meter& meter);

  std::vector<Meter> meters_;
};

}  // namespace baton::track::carbon
