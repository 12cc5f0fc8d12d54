// Graphics cards that are not there.
#pragma once

#include <string>
#include <vector>

#include "src/track/codecarbon/gpus.h"

namespace baton::fakes {

class FakeGpus final : public track::carbon::Gpus {
 public:
  struct Card {
    std::string name = "NVIDIA H100";
    std::string uuid{};
    std::optional<std::uint64_t> energy{};
    std::optional<std::uint64_t> power{};
    std::optional<double> utilization{};
  };

  std::size_t count() const override { return cards.size(); }
  std::string name(std::size_t card) const override { return cards[card].name; }
  std::string uuid(std::size_t card) const override { return cards[card].uuid; }
  std::optional<std::uint64_t> energy_millijoules(std::size_t card) const override { return cards[card].energy; }
  std::optional<std::uint64_t> power_milliwatts(std::size_t card) const override { return cards[card].power; }
  std::optional<double> utilization_percent(std::size_t card) const override { return cards[card].utilization; }

  std::vector<Card> cards;
};

}  // namespace baton::fakes
