// Gpus: what the driver tells about graphics cards. A seam: tests give cards that are not there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/track/codecarbon/counter.h"
#include "src/track/codecarbon/energy_source.h"

namespace baton::track::carbon {

/// Cards are numbered from 0. Absent: the driver does not tell, or not now.
class Gpus {
 public:
  virtual ~Gpus() = default;
  virtual std::size_t count() const = 0;
  virtual std::string name(std::size_t card) const = 0;
  virtual std::string uuid(std::size_t card) const = 0;                                 ///< "GPU-5f3c..."
  virtual std::optional<std::uint64_t> energy_millijoules(std::size_t card) const = 0;  ///< since the driver was loaded
  virtual std::optional<std::uint64_t> power_milliwatts(std::size_t card) const = 0;    ///< now
  virtual std::optional<double> utilization_percent(std::size_t card) const = 0;        ///< a moment ago
};

/// NVIDIA's driver through its library NVML, which is loaded at run time. Null where it or the driver is not there.
std::unique_ptr<Gpus> open_nvml(const char* library = "libnvidia-ml.so.1");

/// Which cards `ids` mean: numbers, or how their uuids begin, as in CUDA_VISIBLE_DEVICES; absent: all. The cards come
/// in their order, each once; ids that mean none are put into `unknown`.
std::vector<std::size_t> chosen_cards(const Gpus& gpus, const std::optional<std::vector<std::string>>& ids,
                                      std::vector<std::string>& unknown);

/// "2 x NVIDIA H100 80GB HBM3"
std::string model_names(const Gpus& gpus, const std::vector<std::size_t>& cards);

/// Counters where the cards have them, else power times time. `gpus` must outlive it.
class GpuSource final : public EnergySource {
 public:
  GpuSource(const Gpus& gpus, const std::vector<std::size_t>& cards);

  void begin() override;
  double joules(double seconds) override;
  std::string problem() const override;

 private:
  struct Card {
    std::size_t number = 0;
    Counter counter{};
    bool has_counter = false;
    bool is_silent = false;  ///< told neither energy nor power the last time
  };

  double joules_of(Card& card, double seconds) const;

  const Gpus& gpus_;
  std::vector<Card> cards_;
};

}  // namespace baton::track::carbon
