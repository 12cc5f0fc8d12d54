#include "src/track/codecarbon/rapl.h"

#include "tests/track/codecarbon/fake_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace baton::track::carbon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kJoule = 1'000'000;
constexpr const char* kPackage0 = "intel-rapl/intel-rapl:0";
constexpr const char* kPackage1 = "intel-rapl/intel-rapl:1";
constexpr const char* kDram0 = "intel-rapl/intel-rapl:0/intel-rapl:0:2";
constexpr const char* kDram1 = "intel-rapl/intel-rapl:1/intel-rapl:1:2";
constexpr const char* kPsys = "intel-rapl/intel-rapl:2";

/// Two sockets with all that there may be.
class Rapl : public testing::Test {
 protected:
  Rapl() {
    machine.add_domain(kPackage0, "package-0", 1000 * kJoule);
    machine.add_domain(kPackage1, "package-1", 2000 * kJoule);
    machine.add_domain("intel-rapl/intel-rapl:0/intel-rapl:0:0", "core", 300 * kJoule);
    machine.add_domain(kDram0, "dram", 400 * kJoule);
    machine.add_domain(kDram1, "dram", 500 * kJoule);
    machine.add_domain(kPsys, "psys", 6000 * kJoule);
  }

  std::vector<std::string> domains(const RaplOptions& options = {}) {
    std::vector<std::string> names;
    for (const RaplDomain& domain : scan_rapl(machine.powercap(), options).domains) names.push_back(domain.name);
    return names;
  }
  RaplSource source(const RaplOptions& options = {}) {
    RaplSource made(scan_rapl(machine.powercap(), options).domains);
    made.begin();
    return made;
  }

  fakes::FakeMachine machine;
};

TEST_F(Rapl, MeasuresThePackages) { EXPECT_THAT(domains(), ElementsAre("package-0", "package-1")); }

TEST_F(Rapl, TakesTheMemoryOfEverySocketIfAskedTo) {
  EXPECT_THAT(domains({.include_dram = true}),
              ElementsAre("package-0", "package-0/dram", "package-1", "package-1/dram"));
}

TEST_F(Rapl, TakesThePlatformIfPreferred) { EXPECT_THAT(domains({.prefer_psys = true}), ElementsAre("psys")); }

TEST_F(Rapl, TakesThePlatformWherePackagesAreMissing) {
  std::filesystem::remove_all(machine.powercap());
  EXPECT_THAT(domains(), ElementsAre());
  machine.add_domain("intel-rapl/intel-rapl:0", "psys", 1);
  EXPECT_THAT(domains(), ElementsAre("psys"));
}

TEST_F(Rapl, TakesWhatThereIsWhereNamesAreStrange) {
  std::filesystem::remove_all(machine.powercap());
  machine.add_domain("intel-rapl/intel-rapl:0", "die", 1);
  EXPECT_THAT(domains(), ElementsAre("die"));
}

TEST_F(Rapl, CountsWhatTheClassListsTwiceOnce) {
  for (const char* folder : {"intel-rapl/intel-rapl:0", "intel-rapl/intel-rapl:0/intel-rapl:0:2"}) {
    const std::filesystem::path target = machine.powercap() / folder;
    std::filesystem::create_directory_symlink(target, machine.powercap() / target.filename());
  }
  EXPECT_THAT(domains({.include_dram = true}),
              ElementsAre("package-0", "package-0/dram", "package-1", "package-1/dram"));
}

TEST_F(Rapl, PrefersMmioWhereADomainLiesBehindBoth) {
  machine.add_domain("intel-rapl-mmio/intel-rapl-mmio:0", "package-0", 7 * kJoule);
  const std::vector<RaplDomain> found = scan_rapl(machine.powercap(), {}).domains;
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].folder.filename(), "intel-rapl-mmio:0");
}

TEST_F(Rapl, LeavesOutACounterThatCannotBeRead) {
  machine.break_energy(kPackage1);
  EXPECT_THAT(domains(), ElementsAre("package-0"));
}

TEST_F(Rapl, AddsUpWhatAllDomainsUsed) {
  RaplSource rapl = source({.include_dram = true});
  machine.set_energy(kPackage0, 1050 * kJoule);
  machine.set_energy(kPackage1, 2040 * kJoule);
  machine.set_energy(kDram0, 403 * kJoule);
  machine.set_energy(kDram1, 504 * kJoule);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 97.0);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 0.0);
}

TEST_F(Rapl, FollowsAWrap) {
  machine.add_domain(kPackage0, "package-0", 90 * kJoule, 100 * kJoule);
  RaplSource rapl = source();
  machine.set_energy(kPackage0, 5 * kJoule);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 15.0);
}

TEST_F(Rapl, ATransientErrorLosesNothing) {
  RaplSource rapl = source();
  machine.break_energy(kPackage0);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 0.0);
  EXPECT_THAT(rapl.problem(), HasSubstr("intel-rapl:0/energy_uj can no longer be read"));
  machine.mend_energy(kPackage0);
  machine.set_energy(kPackage0, 1100 * kJoule);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 100.0);
  EXPECT_EQ(rapl.problem(), "");
}

TEST_F(Rapl, CountsAMirroredMeterOnce) {
  machine.set_energy(kPackage1, 1000 * kJoule + 10);
  RaplSource rapl = source();
  machine.set_energy(kPackage0, 1500 * kJoule);
  machine.set_energy(kPackage1, 1500 * kJoule + 20);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 500.0);
  machine.set_energy(kPackage0, 1600 * kJoule);
  machine.set_energy(kPackage1, 1600 * kJoule + 10);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 100.0);
}

TEST_F(Rapl, CountsAMeterThatOnlyBeganAlike) {
  machine.set_energy(kPackage1, 1000 * kJoule);
  RaplSource rapl = source();
  EXPECT_DOUBLE_EQ(rapl.joules(15), 0.0);
  machine.set_energy(kPackage0, 1500 * kJoule);
  machine.set_energy(kPackage1, 1100 * kJoule);
  EXPECT_DOUBLE_EQ(rapl.joules(15), 600.0);
}

/// Root may read everything, so for a while the test is somebody else.
class SomebodyElse {
 public:
  SomebodyElse() : is_root_(::geteuid() == 0) {
    if (is_root_) is_root_ = ::seteuid(kNobody) == 0;
  }
  ~SomebodyElse() {
    if (is_root_ && ::seteuid(0) != 0) std::abort();
  }
  SomebodyElse(const SomebodyElse&) = delete;
  SomebodyElse& operator=(const SomebodyElse&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool is_root_;
};

TEST_F(Rapl, TellsWhichCounterIsForRootOnly) {
  std::filesystem::permissions(machine.root(), std::filesystem::perms(0755));
  for (const char* folder : {kPackage0, kPackage1, kPsys})
    std::filesystem::permissions(machine.powercap() / folder / "energy_uj", std::filesystem::perms::none);
  std::filesystem::permissions(machine.powercap() / kDram0 / "energy_uj", std::filesystem::perms::none);
  const SomebodyElse somebody;
  const RaplScan scan = scan_rapl(machine.powercap(), {.include_dram = true});
  EXPECT_THAT(scan.forbidden.string(), HasSubstr("energy_uj"));
  EXPECT_THAT(domains(), ElementsAre("package-0/core", "package-1/dram"));
}

}  // namespace
}  // namespace baton::track::carbon
