#include "src/track/codecarbon/rapl.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include "src/track/codecarbon/system_file.h"

namespace baton::track::carbon {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kOneJoule = 1'000'000;

/// Folders named "intel-rapl..." in `folder`, sorted.
std::vector<fs::path> rapl_folders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const bool is_rapl = entry->path().filename().string().starts_with("intel-rapl");
    if (is_rapl && entry->is_directory(ignored)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

struct Found {
  RaplDomain domain;
  std::string kind;  ///< the last part of its name
  bool is_mmio = false;
};

class Scanner {
 public:
  void scan(const fs::path& folder, const std::string& parent = {}) {
    for (const fs::path& entry : rapl_folders(folder)) {
      std::error_code ignored;
      if (!seen_.insert(fs::canonical(entry, ignored)).second) continue;  // the class lists subdomains once more
      std::string name = parent;
      if (fs::exists(entry / "energy_uj", ignored)) name = add(entry, parent);
      scan(entry, name);
    }
  }

  std::vector<Found> take() {
    std::vector<Found> found;
    for (auto& [name, one] : by_name_) found.push_back(std::move(one));
    return found;
  }
  const fs::path& forbidden() const { return forbidden_; }

 private:
  std::string add(const fs::path& folder, const std::string& parent) {
    const std::optional<std::string> text = read_system_file(folder / "name");
    const std::string kind = text ? std::string(trimmed(*text)) : folder.filename().string();
    const std::string name = parent.empty() ? kind : parent + "/" + kind;
    if (is_forbidden(folder / "energy_uj")) {
      forbidden_ = folder / "energy_uj";
    } else if (read_count(folder / "energy_uj")) {
      const bool is_mmio = folder.filename().string().starts_with("intel-rapl-mmio");
      const std::uint64_t range = read_count(folder / "max_energy_range_uj").value_or(0);
      Found found{{name, folder, range}, kind, is_mmio};
      const auto [place, is_new] = by_name_.try_emplace(name, found);
      if (!is_new && is_mmio && !place->second.is_mmio) place->second = std::move(found);
    }
    return name;
  }

  std::set<fs::path> seen_;
  std::map<std::string, Found> by_name_;
  fs::path forbidden_;
};

bool is_package(const Found& found) { return found.kind.find("package") != std::string::npos; }
bool is_psys(const Found& found) { return found.kind == "psys"; }
bool is_dram(const Found& found) { return found.kind.find("dram") != std::string::npos; }

template <class Predicate>
std::vector<RaplDomain> domains_of(const std::vector<Found>& found, Predicate predicate) {
  std::vector<RaplDomain> domains;
  for (const Found& one : found) {
    if (predicate(one)) domains.push_back(one.domain);
  }
  return domains;
}

bool are_near(std::uint64_t one, std::uint64_t other) {
  return std::max(one, other) - std::min(one, other) <= std::max(kOneJoule, one / 1'000'000);
}

}  // namespace

RaplScan scan_rapl(const fs::path& powercap, const RaplOptions& options) {
  Scanner scanner;
  scanner.scan(powercap);
  const std::vector<Found> found = scanner.take();
  RaplScan scan{.domains = domains_of(found, is_psys), .forbidden = scanner.forbidden()};
  if (options.prefer_psys && !scan.domains.empty()) return scan;
  std::vector<RaplDomain> packages = domains_of(found, is_package);
  if (!packages.empty()) {
    const auto wanted = [&](const Found& one) { return is_package(one) || (options.include_dram && is_dram(one)); };
    scan.domains = domains_of(found, wanted);
  } else if (scan.domains.empty()) {
    scan.domains = domains_of(found, [](const Found&) { return true; });
  }
  return scan;
}

RaplSource::RaplSource(std::vector<RaplDomain> domains) {
  for (RaplDomain& domain : domains) {
    const Counter counter(domain.range_uj);
    meters_.push_back({.domain = std::move(domain), .counter = counter});
  }
}

void RaplSource::begin() {
  for (Meter& meter : meters_) meter.counter.advance(read_count(meter.domain.folder / "energy_uj"));
  find_twins();
}

void RaplSource::find_twins() {
  for (std::size_t i = 1; i < meters_.size(); ++i) {
    const std::uint64_t value = meters_[i].counter.value().value_or(0);
    const bool is_dram = meters_[i].domain.name.find("dram") != std::string::npos;
    for (std::size_t j = 0; j < i && value > 0 && !is_dram && !meters_[i].twin; ++j) {
      const std::uint64_t other = meters_[j].counter.value().value_or(0);
      if (!meters_[j].twin && are_near(value, other)) meters_[i].twin = j;
    }
  }
}

/// Micro-joules that the meter adds to the sum.
std::uint64_t RaplSource::counted(Meter& meter) {
  if (meter.is_mirror) return 0;
  const std::uint64_t delta = meter.counter.advance(read_count(meter.domain.folder / "energy_uj"));
  meter.total += delta;
  if (!meter.twin) return delta;
  const Meter& twin = meters_[*meter.twin];
  const bool is_plain =
      meter.counter.was_read() && twin.counter.was_read() && std::max(meter.total, twin.total) > kOneJoule;
  if (!is_plain) return 0;
  meter.twin.reset();
  meter.is_mirror = are_near(meter.total, twin.total);
  return meter.is_mirror ? 0 : meter.total;
}

double RaplSource::joules(double) {
  std::uint64_t sum = 0;
  for (Meter& meter : meters_) sum += counted(meter);
  return static_cast<double>(sum) * 1e-6;
}

std::string RaplSource::problem() const {
  for (const Meter& meter : meters_) {
    if (meter.is_mirror || meter.counter.was_read()) continue;
    return "the energy counter " + (meter.domain.folder / "energy_uj").string() + " can no longer be read";
  }
  return {};
}

}  // namespace baton::track::carbon
