// Function names, signatures and constants are those of NVIDIA's nvml.h.
#include <dlfcn.h>

#include <array>
#include <utility>

#include "src/track/codecarbon/gpus.h"

namespace baton::track::carbon {

namespace {

using Device = void*;
struct Utilization {
  unsigned gpu = 0;
  unsigned memory = 0;
};
constexpr int kSuccess = 0;

struct CloseLibrary {
  void operator()(void* library) const { ::dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

struct Functions {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*device)(unsigned, Device*) = nullptr;
  int (*name)(Device, char*, unsigned) = nullptr;
  int (*uuid)(Device, char*, unsigned) = nullptr;
  int (*energy)(Device, unsigned long long*) = nullptr;
  int (*power)(Device, unsigned*) = nullptr;
  int (*utilization)(Device, void*) = nullptr;  // of a Utilization; a stand-in has another type of that name
};

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool find_all(void* library, Functions& f) {
  return find(library, "nvmlInit_v2", f.init) && find(library, "nvmlShutdown", f.shutdown) &&
         find(library, "nvmlDeviceGetCount_v2", f.count) && find(library, "nvmlDeviceGetHandleByIndex_v2", f.device) &&
         find(library, "nvmlDeviceGetName", f.name) && find(library, "nvmlDeviceGetUUID", f.uuid) &&
         find(library, "nvmlDeviceGetTotalEnergyConsumption", f.energy) &&
         find(library, "nvmlDeviceGetPowerUsage", f.power) &&
         find(library, "nvmlDeviceGetUtilizationRates", f.utilization);
}

class Nvml final : public Gpus {
 public:
  /// After a successful init.
  Nvml(Library library, const Functions& functions) : library_(std::move(library)), f_(functions) {
    unsigned count = 0;
    if (f_.count(&count) != kSuccess) return;
    for (unsigned i = 0; i < count; ++i) {
      Device device = nullptr;
      devices_.push_back(f_.device(i, &device) == kSuccess ? device : nullptr);
    }
  }
  ~Nvml() override { f_.shutdown(); }
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::size_t count() const override { return devices_.size(); }
  std::string name(std::size_t card) const override { return text(f_.name, card); }
  std::string uuid(std::size_t card) const override { return text(f_.uuid, card); }

  std::optional<std::uint64_t> energy_millijoules(std::size_t card) const override {
    unsigned long long energy = 0;
    if (devices_[card] == nullptr || f_.energy(devices_[card], &energy) != kSuccess) return std::nullopt;
    return energy;
  }
  std::optional<std::uint64_t> power_milliwatts(std::size_t card) const override {
    unsigned power = 0;
    if (devices_[card] == nullptr || f_.power(devices_[card], &power) != kSuccess) return std::nullopt;
    return power;
  }
  std::optional<double> utilization_percent(std::size_t card) const override {
    Utilization utilization;
    if (devices_[card] == nullptr || f_.utilization(devices_[card], &utilization) != kSuccess) return std::nullopt;
    return utilization.gpu;
  }

 private:
  std::string text(int (*function)(Device, char*, unsigned), std::size_t card) const {
    std::array<char, 96> buffer{};
    if (devices_[card] == nullptr || function(devices_[card], buffer.data(), buffer.size()) != kSuccess) return {};
    buffer.back() = '\0';
    return buffer.data();
  }

  Library library_;
  Functions f_;
  std::vector<Device> devices_;
};

}  // namespace

std::unique_ptr<Gpus> open_nvml(const char* library) {
  Library loaded(::dlopen(library, RTLD_NOW | RTLD_LOCAL));
  Functions functions;
  if (!loaded || !find_all(loaded.get(), functions) || functions.init() != kSuccess) return nullptr;
  return std::make_unique<Nvml>(std::move(loaded), functions);
}

}  // namespace baton::track::carbon
